"""Reads that no cache has, of a demo of 100,000 responses and of the same one multiplied by 50 in the database: 5,000,000.

Copies of tickets, resolutions, responses and measurements have refs and ids of their own, and the contexts, days, values and people of what they are
copied from. Sums are multiplied, which is exact: `xlad verify` finds no difference. There are no more contexts than before, and no more days.
Copies are written one whole set after the other, so that the rows of a context lie as far apart as they would after years of folding.
"""

import http.client
import math
import shutil
import threading
import time

import harness
from harness import Failure, Figure, median

BYTES_PER_RESPONSE = 4000  # of disk, the log and what sorting needs included
SECONDS_MAX = 1800  # of folding, or of one table's multiplication
READ_SECONDS_MAX = 10
STATEMENT_SECONDS = 120
DAYS = 548
NIL = "'00000000-0000-0000-0000-000000000000'"
# name, path, whether at most one dimension is concerned, what the slice is of
READS = (("total, 90 days", "/v1/experience?last=90d", True, {}),
         ("breakdown by service", "/v1/experience/breakdown?by=service&last=90d", True, {}),
         ("scope of one value", "/v1/experience?scope=service:vpn&last=90d", True, {}),
         ("weekly trend of a year", "/v1/experience/trend?interval=week&last=365d", True, {}),
         ("scope of one value, by location", "/v1/experience/breakdown?by=location&scope=service:vpn&last=90d", False, {"service": "vpn"}),
         ("scope of two dimensions", "/v1/experience?scope=service:vpn;location:oslo&last=90d", False, {"service": "vpn", "location": "oslo"}))

# Columns of a copy that are not those of the original; k is its number. Ids keep their order, are of UUID version 8 instead of 7, and end in k.
COPIED = {"ref": "'C' || k || '-' || s.ref",
          "response_id": f"case s.response_id when {NIL} then s.response_id else "
                         "(overlay(left(s.response_id::text, 34) placing '8' from 15 for 1) || lpad(to_hex(k), 2, '0'))::uuid end",
          "idempotency_key": "null"}
BY_MAX = 256  # two hexadecimal digits

SUMS = """
update marginals m set backlog = backlog * {by}, sums = (
  select array_agg(row(i.metric_id, i.label, i.n * {by}, i.sum * {by}, i.sum_squares * {by},
    coalesce((select array_agg(b.n * {by} order by b.at) from unnest(i.bins) with ordinality as b(n, at)), '{{}}')::int4[],
    i.respondents)::metric_sum order by i.at)
  from unnest(m.sums) with ordinality as i(metric_id, label, n, sum, sum_squares, bins, respondents, at))"""

SLICE = """
select count(*) from segments g join measurements m on m.tenant_id = g.tenant_id and m.segment_id = g.segment_id
where m.last_day >= current_date - 89 and m.last_day > '-infinity' and {holds}"""


def multiply_rows(bench, database, table, by):
    columns = bench.sql(database, f"select attname from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped "
                                  "order by attnum").split()
    copied = ", ".join(COPIED.get(name, f"s.{name}") for name in columns)
    bench.sql(database, f"create temp table original as select * from {table}",
              f"do $$ begin for k in 1..{by - 1} loop insert into {table} select {copied} from original s; end loop; end $$", seconds=SECONDS_MAX)


def multiply(bench, database, by):
    """Everything a read may touch, `by` times; the queue has to be empty."""
    if not 2 <= by < BY_MAX:
        raise Failure(f"data can be multiplied by 2 to {BY_MAX - 1}, not by {by}")
    problems = []

    def side(*tables):
        try:
            for table in tables:
                multiply_rows(bench, database, table, by)
        except (Failure, OSError, harness.subprocess.TimeoutExpired) as problem:
            problems.append(problem)

    other = threading.Thread(target=side, args=("tickets", "resolutions", "responses"))
    other.start()
    side("measurements")
    other.join()
    if problems:
        raise Failure(f"multiplying failed: {problems[0]}")
    bench.sql(database, SUMS.format(by=by), seconds=SECONDS_MAX)


def prepare(bench, database, responses):
    """One tenant with about as many responses, folded."""
    bench.sql("postgres", f"create database {database}")
    bench.xlad(database, "migrate")
    # where a tenant exists, nothing is done for it: the other one has four fifths of all
    bench.xlad(database, "tenant", "create", "harbour", "--name", "Harbour", "--time-zone", "UTC")
    total = responses * 5 // 4
    bench.xlad(database, "demo", "--responses", total, "--tickets", math.ceil(total / 0.9) + 1, "--days", DAYS, seconds=SECONDS_MAX)
    bench.fold(database, SECONDS_MAX)
    bench.sql(database, "vacuum analyze", seconds=SECONDS_MAX)
    return bench.xlad(database, "key", "create", "--tenant", "demo", "--role", "dashboard").strip()


def ask(port, key, path, until, reads, times):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=STATEMENT_SECONDS + 10)
    for _ in range(reads):
        began = time.monotonic()
        client.request("GET", path, headers={"Authorization": f"Bearer {key}", "Cache-Control": "no-cache"})
        answer = client.getresponse()
        answer.read()
        times.append((time.monotonic() - began) * 1e3)
        if answer.status != 200:
            raise Failure(f"GET {path} was answered with {answer.status}")
        if time.monotonic() > until:
            break
    client.close()


def read(port, key, path, connections, reads):
    """Each connection asks again when it has its answer; what several wait for at once is computed once for all of them."""
    times, began = [], time.monotonic()
    until = began + READ_SECONDS_MAX
    threads = [threading.Thread(target=ask, args=(port, key, path, until, reads, times)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) < connections:
        raise Failure(f"GET {path} was not answered")
    return Figure(len(times) / (time.monotonic() - began), median(times), sorted(times)[len(times) * 99 // 100])


def slice_rows(bench, database, terms):
    holds = " and ".join("exists (select from dimensions d join dimension_values v on v.tenant_id = d.tenant_id and v.dimension_id = d.dimension_id"
                         f" where d.tenant_id = g.tenant_id and d.name = '{name}' and v.value = '{value}'"
                         " and v.value_id = g.value_ids[d.dimension_id])"
                         for name, value in terms.items())
    return int(bench.sql(database, SLICE.format(holds=holds), seconds=SECONDS_MAX))


def measure_size(bench, database, key, reads):
    """(read, connections) → figure, read → rows of its slice, and how many responses there are."""
    figures, slices = {}, {name: slice_rows(bench, database, terms) for name, _, _, terms in READS if terms}
    port = harness.free_port()
    process = bench.start([bench.binary, "serve"], {"XLAD_DATABASE_URL": bench.database_url(database), "XLAD_LISTEN": f"127.0.0.1:{port}",
                                                    "XLAD_LOG_LEVEL": "warning", "XLAD_STATEMENT_SECONDS": str(STATEMENT_SECONDS)})
    bench.wait_ready(process, port)
    for name, path, _, _ in READS:
        read(port, key, path, 1, 2)  # warm: what is measured is computing, not the disk
        for connections in (1, 4):
            figures[name, connections] = read(port, key, path, connections, reads)
    bench.end(process)
    return figures, slices, int(bench.sql(database, "select count(*) from responses"))


def measure(bench, responses, by, reads, say):
    """What measure_size says of both sizes, the small one first."""
    free, needed = shutil.disk_usage(bench.folder).free, responses * by * BYTES_PER_RESPONSE
    if free < needed:
        raise Failure(f"cold reads need {needed / 2**30:.0f} GiB of disk, {free / 2**30:.0f} are free; BENCH_COLD=responses,by asks for less")
    say(f"cold reads: making and folding {responses:,} responses")
    key = prepare(bench, "bench_cold", responses)
    small = measure_size(bench, "bench_cold", key, reads)
    say(f"cold reads: multiplying them by {by}")
    multiply(bench, "bench_cold", by)
    bench.sql("bench_cold", "vacuum analyze", seconds=SECONDS_MAX)
    return small, measure_size(bench, "bench_cold", key, reads)
