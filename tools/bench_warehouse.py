#!/usr/bin/env python3
"""The PostgreSQL sink at a server of its own on this machine, and psql's \\copy of the same rows into the same fact table as
the baseline: events a second, and CPU a million events in the sink (or psql) and in the server. Part of `./dev bench`."""
import argparse
import glob
import json
import os
import pathlib
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A cluster in a folder of its own, run by a user that is not root."""

    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            raise SystemExit("bench_warehouse: PostgreSQL is not installed; ./dev setup does that")
        self.programs = programs[-1]
        self.folder = tempfile.mkdtemp(prefix="cxstream-bench-")
        self.become = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.become = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = str(s.getsockname()[1])
        subprocess.run(self.become + [f"{self.programs}/initdb", "-D", f"{self.folder}/data", "-U", "cx", "--auth=trust",
                                      "--encoding=UTF8", "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            self.become + [f"{self.programs}/postgres", "-D", f"{self.folder}/data", "-p", self.port, "-k", self.folder,
                           "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if self.psql("SELECT 1", check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit("bench_warehouse: PostgreSQL does not start")

    def psql(self, sql, check=True):
        return subprocess.run([f"{self.programs}/psql", "-h", "127.0.0.1", "-p", self.port, "-U", "cx", "-d", "postgres", "-qAtc", sql],
                              check=check, capture_output=True, text=True)

    def cpu(self):
        """Of the server, its ended children included."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        total = 0
        for process in [str(pid)] + children:
            try:
                fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += sum(int(f) for f in fields[11:15 if process == str(pid) else 13])
        return total / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def tell(name, events, seconds, client, server):
    millions = events / 1e6
    print(f"  {name:<28} {events / seconds:>10,.0f} events/s   CPU s a million events: {client / millions:>6.2f} here, "
          f"{server / millions:>6.2f} in the server", flush=True)


def run(arguments, server):
    print(f"▸ PostgreSQL: {arguments.events:,} events of {arguments.tickets:,} tickets", flush=True)
    for batch in arguments.batches:
        schema = f"b{batch}"
        before = server.cpu()
        done = subprocess.run([arguments.binary, "--host", "127.0.0.1", "--port", server.port, "--database", "postgres", "--user", "cx",
                               "--schema", schema, "--events", str(arguments.events), "--tickets", str(arguments.tickets),
                               "--batch", str(batch)], check=True, capture_output=True, text=True)
        load = json.loads(done.stdout)
        tell(f"sink, batches of {batch:,}", load["events"], load["seconds"], load["cpu_s"], server.cpu() - before)
    rows = f"{server.folder}/rows.csv"
    fact = f"b{arguments.batches[-1]}.fact_ticket_event"
    server.psql(f"\\copy (SELECT * FROM {fact}) TO '{rows}' CSV")
    server.psql(f"TRUNCATE {fact}")
    server.psql("CHECKPOINT")
    before, own = server.cpu(), resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    server.psql(f"\\copy {fact} FROM '{rows}' CSV")
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    tell("psql \\copy, facts alone", arguments.events, seconds,
         after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime, server.cpu() - before)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="build/release/bench/warehouse_load")
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[500, 8_000])
    arguments = parser.parse_args()
    server = Server()
    try:
        run(arguments, server)
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
