"""What the measurements stand on: a private cluster, processes that are ended by their ids, CPU seconds, a disk probe, and the load generators."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/bench"
PG_BIN = pathlib.Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
# Of a cluster that is only read from after it was filled: nothing waits for the disk, and little is logged.
PG_FILLED_OPTIONS = "-c shared_buffers=512MB -c max_wal_size=2GB -c checkpoint_timeout=1h -c wal_level=minimal -c max_wal_senders=0"
# No checkpoint falls into a short run and none of the participants pays for another's.
PG_OPTIONS = "-c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=1h -c max_connections=200"
TICK = os.sysconf("SC_CLK_TCK")
PROBE_SECONDS = 0.15
SETTLE_SECONDS = 10
QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")
TICKETS = 4000 if QUICK else 20000  # to be answered


class Failure(Exception):
    """Something that ends the whole run; its text is all that the reader gets."""


@dataclasses.dataclass
class Figure:
    """One measurement. Latencies are in milliseconds; cpu holds seconds by process."""

    rate: float
    p50: float = 0.0
    p99: float = 0.0
    failures: int = 0
    fsync: float = 0.0
    folded: typing.Optional[float] = None  # percent of what was queued meanwhile
    cpu: dict = dataclasses.field(default_factory=dict)


def run(command, seconds=120, env=None, **options):
    result = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            timeout=seconds, env={**os.environ, **(env or {})}, check=False, **options)
    if result.returncode != 0:
        raise Failure(f"{command[0]} ended with {result.returncode}: {(result.stderr or result.stdout).strip()[-2000:]}")
    return result.stdout


def process_stat(pid):
    """Fields of /proc/PID/stat after the name, or None when it has gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    except OSError:
        return None


def process_tree(root):
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := process_stat(entry)):
            parents.setdefault(int(stat[1]), []).append(int(entry))
    found = [root]
    for pid in found:
        found += parents.get(pid, [])
    return found


def cpu_seconds(root):
    """Of a process and all that it started, those that ended included."""
    total = 0
    for pid in process_tree(root):
        if stat := process_stat(pid):
            total += int(stat[11]) + int(stat[12]) + int(stat[13]) + int(stat[14])
    return total / TICK


def memory_bytes(root):
    """Proportional set size of a process and all that it started: what it shares counts once."""
    total = 0
    for pid in process_tree(root):
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1)) * 1024
    return total


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def machine():
    """What the figures depend on, without anything that names the place."""
    facts = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", facts, re.M)
    kernel = re.match(r"\d+(\.\d+)*", os.uname().release)
    server = re.search(r"\d+(\.\d+)*", run([PG_BIN / "postgres", "--version"]))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{len(os.sched_getaffinity(0))} cores, {model.group(1) if model else os.uname().machine}, {memory:.0f} GiB, "
            f"{os.uname().sysname} {kernel.group(0) if kernel else 'unknown'}, PostgreSQL {server.group(0)}; load before: {os.getloadavg()[0]:.1f}")


class Bench:
    """A folder with a cluster and copies of one prepared database; a context manager that leaves nothing behind."""

    def __init__(self, binary, *options):
        self.options = options or ("-o", PG_OPTIONS)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="xlad-bench-"))
        self.folder.chmod(0o711)
        self.binary = self.folder / "xlad"
        self.processes = []
        self.secret = self.tenants = self.keys = self.probed = None
        shutil.copy2(binary, self.binary)  # a build in the meantime changes nothing

    def __enter__(self):
        try:
            self.start_cluster()
            self.host = str(self.folder / "cluster/socket")
            self.probed = os.open(self.folder / "probe", os.O_RDWR | os.O_CREAT, 0o600)
            os.pwrite(self.probed, bytes(8192), 0)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        while self.processes:
            self.end(self.processes[-1])
        if self.probed is not None:
            os.close(self.probed)
        with contextlib.suppress(Failure, subprocess.TimeoutExpired):
            run([ROOT / "tests/tools/cluster", "destroy", self.folder / "cluster"])
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_cluster(self):
        self.url = run([ROOT / "tests/tools/cluster", "start", *self.options, self.folder / "cluster"]).strip()
        self.postmaster = int((self.folder / "cluster/data/postmaster.pid").read_text(encoding="ascii").split()[0])

    def restart(self):
        """PostgreSQL begins anew, with nothing in its buffers, and as little as can be in the page cache."""
        run([ROOT / "tests/tools/cluster", "stop", self.folder / "cluster"])
        os.sync()
        for path in (self.folder / "cluster/data").rglob("*"):
            if path.is_file():
                file = os.open(path, os.O_RDONLY)
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(file)
        self.start_cluster()

    # Databases

    def database_env(self, name):
        return {"PGHOST": self.host, "PGUSER": "xlad", "PGDATABASE": name}

    def database_url(self, name):
        return self.url.replace("/postgres?", f"/{name}?", 1)

    def sql(self, name, *statements, seconds=120):
        command = [PG_BIN / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1"]
        for statement in statements:
            command += ["-c", statement]
        return run(command, seconds, self.database_env(name)).strip()

    def copy(self, source, name):
        # by files: each copy begins just behind a checkpoint, whatever was written before
        self.sql("postgres", f"drop database if exists {name} with (force)", f"create database {name} template {source} strategy file_copy")

    @contextlib.contextmanager
    def copied(self, source, name):
        self.copy(source, name)
        try:
            yield name
        finally:
            self.sql("postgres", f"drop database if exists {name} with (force)")

    def xlad(self, database, *arguments, seconds=300):
        return run([self.binary, *arguments], seconds, {"XLAD_DATABASE_URL": self.database_url(database)})

    def fold(self, database, seconds=600):
        """Lets a daemon measure and sum what is in the queue, until that is empty."""
        port, until = free_port(), time.monotonic() + seconds
        process = self.start([self.binary, "serve"], {"XLAD_DATABASE_URL": self.database_url(database), "XLAD_LISTEN": f"127.0.0.1:{port}",
                                                      "XLAD_LOG_LEVEL": "warning", "XLAD_STATEMENT_SECONDS": "600"})
        self.wait_ready(process, port)
        while (left := self.queued(database)) > 0:
            if time.monotonic() > until or process.poll() is not None:
                raise Failure(f"after {seconds} s of folding {left} rows of the queue are left: {self.log_end()}")
            time.sleep(0.2)
        self.end(process)

    def queued(self, database):
        return int(self.sql(database, "select count(*) from queue"))

    # Processes

    def start(self, command, env):
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **env})
        self.processes.append(process)
        return process

    def end(self, process):
        if process in self.processes:
            self.processes.remove(process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log_end(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-1500:]

    def wait_ready(self, process, port, path="/readyz", key="", seconds=20):
        """Until it answers 200; returns how long that took."""
        ask = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n".encode()
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as client:
                client.sendall(ask)
                if b" 200 " in client.recv(4096).split(b"\r\n", 1)[0]:
                    return time.monotonic() - began
            time.sleep(0.001)
        raise Failure(f"{process.args[0]} does not serve: {self.log_end()}")

    # Measuring

    def settle(self, database="bench_read"):
        """Until nobody reads: no reader pays for the one before. What clients asked for that have gone is cancelled.

        Writers need none of this, and their folding must not be cancelled: each has a database of its own, which is dropped behind it.
        """
        active = f"from pg_stat_activity where datname = '{database}' and state <> 'idle'"
        quiet, until = 0, time.monotonic() + SETTLE_SECONDS
        while quiet < 3 and time.monotonic() < until:
            cancelled = f"select count(pg_cancel_backend(pid)) {active} and query_start < now() - interval '100 ms'"
            quiet = quiet + 1 if self.sql("postgres", cancelled, f"select count(*) {active}").split()[1] == "0" else 0
            time.sleep(0.03)

    def probe(self):
        """fdatasync calls a second on the database's file system, just now."""
        began, calls = time.monotonic(), 0
        while (took := time.monotonic() - began) < PROBE_SECONDS:
            os.pwrite(self.probed, bytes(8192), 0)
            os.fdatasync(self.probed)
            calls += 1
        return calls / took

    @contextlib.contextmanager
    def watched(self, figure, server=None):
        """Fills in the CPU seconds of the server, PostgreSQL, and the generator around a measurement."""
        roots = {"PostgreSQL": self.postmaster, **({"server": server.pid} if server else {})}
        before = {name: cpu_seconds(pid) for name, pid in roots.items()}
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        yield
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        figure.cpu = {name: cpu_seconds(pid) - before[name] for name, pid in roots.items()}
        figure.cpu["load"] = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime

    def wrk_command(self, port, path, script, connections, seconds, arguments):
        return ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s", "-s", str(HERE / script),
                f"http://127.0.0.1:{port}{path}", "--", *map(str, arguments)]

    def wrk_figure(self, output):
        found = re.search(r"^result (\d+) (\d+) (\d+) (\d+) (\d+)$", output, re.M)
        if not found:
            raise Failure(f"wrk said: {output[-500:]}")
        requests, micros, p50, p99, failures = map(int, found.groups())
        return Figure(requests * 1e6 / micros, p50 / 1e3, p99 / 1e3, failures)

    def wrk(self, server, port, path, script, connections, seconds, *arguments):
        watch = Figure(0)
        self.settle()
        with self.watched(watch, server):
            output = run(self.wrk_command(port, path, script, connections, seconds, arguments), seconds + 30)
        figure = self.wrk_figure(output)
        figure.cpu = watch.cpu
        return figure

    def pgbench(self, database, connections, seconds):
        log, figure = self.folder / "pgbench", Figure(0)
        variables = ["-D", f"tenant={self.tenants['bench']}", "-D", f"tickets={TICKETS}"]
        with self.watched(figure):
            output = run([PG_BIN / "pgbench", "-n", "-M", "prepared", "-c", connections, "-j", 1, "-T", seconds, "-l", "--log-prefix", log,
                          "-f", HERE / "single.sql", *variables], seconds + 60,
                         {**self.database_env(database), "PGOPTIONS": "-c plan_cache_mode=force_generic_plan -c jit=off"})
        found = re.search(r"^tps = ([\d.]+)", output, re.M)
        if not found:
            raise Failure("pgbench ended before its first transaction: the machine is too busy for so short a run (BENCH_SECONDS)")
        figure.rate = float(found.group(1))
        times = []
        for part in self.folder.glob("pgbench.*"):
            times += [int(line.split()[2]) / 1e3 for line in part.read_text(encoding="ascii").splitlines()]
            part.unlink()
        times.sort()
        figure.p50, figure.p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        return figure

    def ceiling(self, program, database, rows, seconds):
        figure = Figure(0)
        with self.watched(figure):
            output = run([program, self.database_url(database), self.tenants["bench"], rows, seconds, TICKETS], seconds + 30)
        figure.rate, figure.p50, figure.p99 = map(float, output.split())
        return figure

    def export_facts(self, database):
        """What the peers have to know of the tenants."""
        rows = json.loads(self.sql(database, "select json_agg(json_build_array(slug, tenant_id, encode(respondent_secret, 'hex'))) from tenants"))
        self.tenants = {slug: tenant for slug, tenant, _ in rows}
        self.secret = {slug: secret for slug, _, secret in rows}["bench"]


def hold_idle(port, key, count):
    """Opens keep-alive connections, each with one answered request behind it."""
    ask = f"GET /readyz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(count, hard - 256)
    held = []
    try:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port), 10)
            held.append(client)
            client.sendall(ask)
            if b" 200 " not in client.recv(4096).split(b"\r\n", 1)[0]:
                raise Failure("a connection of the idle ones was refused")
    except OSError as problem:
        let_go(held)
        raise Failure(f"only {len(held)} idle connections could be opened: {problem}") from problem
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return held


def let_go(held):
    for client in held:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # leaves no TIME_WAIT behind
        client.close()


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None
