"""Listing agreements with their states by a fresh daemon on a PostgreSQL that was restarted, its files out of the page cache: 2,000 in one request and
20, per row. And how long evaluating all of them takes."""

import datetime
import http.client
import json
import time

import harness
from harness import Failure, Figure

MANY, FEW = 2000, 20
DAYS = 30  # of history
DATABASE = "bench_agreements"
BODY = {"name": "VPN is a pleasure", "owner": "anna", "provider": "IT", "customer": "everybody", "metric": "happiness", "scope": {"service": ["vpn"]},
        "target": 30, "paired_sla": {"metric": "sla_met", "target": 90}, "notes": "Made to be listed."}
SERVICES = ("vpn", "mail", "erp", "workplace", "identity")

# Others like the one that was agreed by HTTP, from a day on that has ended.
CLONES = """
with made as (
  insert into xlas (tenant_id, slug, content)
  select x.tenant_id, n.slug, (x.content::jsonb || jsonb_build_object('slug', n.slug, 'target', n.i % 60, 'starts_on', '{day}', 'scope',
    jsonb_build_object('service', jsonb_build_array((array{services})[1 + n.i % {count}]))))::json
  from xlas x cross join (select i, 'agreement-' || lpad(i::text, 4, '0') as slug from generate_series(1, {many}) i) n where x.slug = 'first'
  returning tenant_id, slug, content)
insert into xla_versions (tenant_id, slug, version, valid_from, terms)
select tenant_id, slug, 1, '{day}', json_build_object('metric', content -> 'metric', 'components', null, 'scope', content -> 'scope',
  'target', content -> 'target', 'window_days', content -> 'window_days') from made"""

HISTORY = """
insert into xla_days (tenant_id, slug, day, version, status, state, digest)
select tenant_id, slug, day - k, version, status, state, digest from xla_days cross join generate_series(1, {days}) k order by k desc, slug"""


def start(bench):
    port = harness.free_port()
    process = bench.start([bench.binary, "serve"], {"XLAD_DATABASE_URL": bench.database_url(DATABASE), "XLAD_LISTEN": f"127.0.0.1:{port}",
                                                    "XLAD_LOG_LEVEL": "warning"})
    bench.wait_ready(process, port)
    return process, port


def call(port, key, method, path, body=None):
    """Milliseconds, and how many items there were."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.monotonic()
    client.request(method, path, body and json.dumps(body), {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    answer = client.getresponse()
    text = answer.read()
    took = (time.monotonic() - began) * 1e3
    client.close()
    if answer.status not in (200, 201):
        raise Failure(f"{method} {path} was answered with {answer.status}: {text[:500]}")
    return took, len(json.loads(text).get("items", ()))


def prepare(bench):
    """The key of a dashboard, and how long it took to evaluate all agreements for a day."""
    bench.sql("postgres", f"create database {DATABASE}")
    bench.xlad(DATABASE, "migrate")
    bench.xlad(DATABASE, "demo", "--tickets", "7500", "--responses", "2500", "--days", "180")
    bench.fold(DATABASE)
    keys = {role: bench.xlad(DATABASE, "key", "create", "--tenant", "demo", "--role", role).strip() for role in ("admin", "dashboard")}
    process, port = start(bench)
    call(port, keys["admin"], "PUT", "/v1/xlas/first", BODY)
    bench.end(process)
    day = datetime.date.fromisoformat(bench.sql(DATABASE, "select (now() at time zone time_zone)::date from tenants where slug = 'demo'"))
    day -= datetime.timedelta(days=1)
    bench.sql(DATABASE, CLONES.format(day=day, many=MANY, services=list(SERVICES), count=len(SERVICES)), "vacuum analyze")
    began = time.monotonic()
    bench.xlad(DATABASE, "xla", "evaluate", "--tenant", "demo", seconds=1800)
    took = time.monotonic() - began
    if (rows := int(bench.sql(DATABASE, "select count(*) from xla_days"))) != MANY:
        raise Failure(f"{rows} days of agreements were evaluated, not {MANY}")
    bench.sql(DATABASE, HISTORY.format(days=DAYS - 1), "vacuum analyze")
    return keys["dashboard"], Figure(MANY / took)


def list_cold(bench, key, count):
    bench.restart()
    process, port = start(bench)
    took, items = call(port, key, "GET", f"/v1/xlas?limit={count}")
    bench.end(process)
    if items != count:
        raise Failure(f"{items} agreements were listed, not {count}")
    return Figure(count / took * 1e3, took, took)


def measure(bench, rounds):
    """Figures of listing by number of agreements, one a round, and that of evaluating."""
    key, evaluated = prepare(bench)
    listed = {FEW: [], MANY: []}
    for turn in range(rounds):
        for count in ((FEW, MANY), (MANY, FEW))[turn % 2]:
            listed[count].append(list_cold(bench, key, count))
    return listed, evaluated
