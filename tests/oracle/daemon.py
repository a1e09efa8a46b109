"""A real daemon on a private database (XLAD_BINARY, XLAD_TEST_CLUSTER_URL), tenants of its own for each data set, and what it takes to call it."""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.parse
from decimal import Decimal

READY_SECONDS = 60
CALL_SECONDS = 60
FOLD_SECONDS = 120
PSQL = pathlib.Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin")) / "psql"
BINARY = os.path.abspath(os.environ.get("XLAD_BINARY", "build/xlad"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Key:
    """A key of a tenant, with a connection of its own."""

    def __init__(self, port, secret):
        self.secret = secret
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS)

    def call(self, method, path, body=None, media="application/json", headers=None):
        """Status, headers and the body, as it is parsed (numbers with a point are decimals)."""
        sent = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = media
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if "text/csv" in (answer.getheader("Content-Type") or ""):
            return answer.status, answer.headers, text
        if "ndjson" in (answer.getheader("Content-Type") or ""):
            return answer.status, answer.headers, [json.loads(line) for line in text.splitlines()]
        return answer.status, answer.headers, json.loads(text, parse_float=Decimal) if text else None

    def get(self, path, accept="application/json", **query):
        search = "&".join(f"{name}={urllib.parse.quote(str(value), safe='')}" for name, value in query.items() if value is not None)
        status, _, body = self.call("GET", f"{path}?{search}" if search else path, headers={"Accept": accept, "Cache-Control": "no-cache"})
        return status, body


class Daemon:
    """A context manager: the process runs while it is entered."""

    def __init__(self, **settings):
        self.url = os.environ["XLAD_TEST_CLUSTER_URL"]
        self.environment = {"PATH": os.environ["PATH"], "XLAD_DATABASE_URL": self.url, "XLAD_LOG_LEVEL": "warning", "XLAD_IDLE_SECONDS": "3600", **settings}
        self.log = tempfile.TemporaryFile()

    def __enter__(self):
        self.command("migrate")
        self.withholds = self.sql("select count(*) from information_schema.columns where table_name = 'tenants' and column_name = 'min_group'") == "1"
        self.free_min_group()
        self.port = free_port()
        self.process = subprocess.Popen([BINARY, "serve"], env={**self.environment, "XLAD_LISTEN": f"127.0.0.1:{self.port}"}, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        end = time.monotonic() + READY_SECONDS
        while not self.ready():
            if time.monotonic() > end or self.process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"the daemon did not become ready:\n{self.said()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-4000:]

    def ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def command(self, *words):
        result = subprocess.run([BINARY, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"xlad {' '.join(words)} ended with {result.returncode}: {result.stdout}{result.stderr}")
        return result.stdout.strip()

    def sql(self, statement):
        return subprocess.run([PSQL, "-XAtqc", statement, self.url], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              check=True).stdout.strip()

    def make_tenant(self, tenant, **columns):
        """`columns` are settings, set before anybody asks."""
        self.command("tenant", "create", tenant.slug, "--name", tenant.slug, "--time-zone", tenant.zone_name, "--currency", tenant.currency)
        if columns:
            self.sql(f"update tenants set {', '.join(f'{name} = {value}' for name, value in columns.items())} where slug = '{tenant.slug}'")

    def keys_of(self, tenant):
        """New ones, by role."""
        keys = {"admin": Key(self.port, self.command("key", "create", "--tenant", tenant.slug, "--role", "admin"))}
        for role in ("portal", "dashboard"):
            status, _, body = keys["admin"].call("POST", "/v1/keys", {"role": role})
            if status != 201:
                raise RuntimeError(f"no key of the role {role}: {body}")
            keys[role] = Key(self.port, body["key"])
        return keys

    def new_tenant(self, tenant, **columns):
        self.make_tenant(tenant, **columns)
        return self.keys_of(tenant)

    def free_min_group(self):
        """A minimum of one withholds nothing: what isn't about privacy is compared with that."""
        for name in self.sql("select conname from pg_constraint where conrelid = 'tenants'::regclass and contype = 'c'"
                             " and pg_get_constraintdef(oid) like '%min_group%'").split():
            self.sql(f"alter table tenants drop constraint {name}")

    def folded(self, tenant):
        """Waits until nothing of the tenant is queued."""
        end = time.monotonic() + FOLD_SECONDS
        # a change that is told of ends the rest which folding takes between changes
        query = ("select pg_notify('xlad_changes', 'test ' || tenant_id), (select count(*) from queue q where q.tenant_id = t.tenant_id)"
                 f" from tenants t where slug = '{tenant.slug}'")
        while self.sql(query) != "|0":
            if time.monotonic() > end:
                raise RuntimeError(f"the queue of {tenant.slug} does not become empty")
            time.sleep(0.1)


class Unfolded:
    """While it is entered nobody folds the tenant: its row of `folds` is locked, as a folding daemon locks it."""

    def __init__(self, daemon, tenant):
        self.daemon, self.tenant = daemon, tenant

    def __enter__(self):
        self.process = subprocess.Popen([PSQL, "-XAtq", self.daemon.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(f"begin; select 'locked' from folds join tenants using (tenant_id) where slug = '{self.tenant.slug}' for update of folds;\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().strip()
        if line != "locked":
            raise RuntimeError(f"folds of {self.tenant.slug} can't be locked: {line!r}")
        return self

    def __exit__(self, *_):
        self.process.communicate("rollback;\n", timeout=60)
