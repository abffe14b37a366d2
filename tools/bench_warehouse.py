#!/usr/bin/env python3
"""Sinks that write rows and lines, each at a target of its own on this machine, and the plain client of that target writing
the same rows as the baseline: psql's \\copy, curl for ClickHouse, the sqlite3 shell, and cp for files. Told are events a
second, and CPU a million events in the sink (or the client) and in the server. Part of `./dev bench`."""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from bench_servers import Clickhouse, Postgres


def tell(name, events, seconds, client, server=None):
    millions = events / 1e6
    in_server = "" if server is None else f", {server / millions:>6.2f} in the server"
    print(f"  {name:<36} {events / seconds:>10,.0f} events/s   CPU s a million events: {client / millions:>6.2f} here{in_server}",
          flush=True)


def no_server():
    return 0.0


def sink(arguments, name, kind, settings, batch, cpu=None):
    """Delivers by the connector."""
    before = (cpu or no_server)()
    command = [arguments.binary, "--kind", kind, "--events", str(arguments.events), "--tickets", str(arguments.tickets),
               "--batch", str(batch)]
    for setting in settings.items():
        command += ["--set", *setting]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    load = json.loads(done.stdout)
    tell(name, load["events"], load["seconds"], load["cpu_s"], cpu() - before if cpu else None)


def baseline(arguments, name, work, cpu=None):
    """Whatever child processes do."""
    before, own = (cpu or no_server)(), resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    tell(name, arguments.events, seconds, after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime,
         cpu() - before if cpu else None)


def postgres(arguments):
    server = Postgres()
    try:
        for batch in arguments.batches:
            settings = {"host": "127.0.0.1", "port": server.port, "database": "postgres", "user": "cx", "schema": f"b{batch}"}
            sink(arguments, f"postgres, batches of {batch:,}", "postgres", settings, batch, server.cpu)
        rows = f"{server.folder}/rows.csv"
        fact = f"b{arguments.batches[-1]}.fact_ticket_event"
        server.psql(f"\\copy (SELECT * FROM {fact}) TO '{rows}' CSV")
        server.psql(f"TRUNCATE {fact}")
        server.psql("CHECKPOINT")
        baseline(arguments, "psql \\copy, facts alone", lambda: server.psql(f"\\copy {fact} FROM '{rows}' CSV"), server.cpu)
    finally:
        server.stop()


def clickhouse(arguments):
    if not os.path.exists(Clickhouse.PROGRAM):
        print("  clickhouse: not installed")
        return
    server = Clickhouse()
    try:
        for batch in arguments.batches:
            settings = {"url": server.url, "allow_private": "true", "database": f"b{batch}", "batch_events": str(batch)}
            sink(arguments, f"clickhouse, batches of {batch:,}", "clickhouse", settings, batch, server.cpu)
        fact = f"b{arguments.batches[-1]}.fact_ticket_event"
        rows = pathlib.Path(server.folder) / "rows.json"
        rows.write_text(server.ask(f"SELECT * FROM {fact} FORMAT JSONEachRow"))
        server.ask(f"CREATE TABLE plain AS {fact} ENGINE = ReplacingMergeTree(delivered_at_us) PARTITION BY toYYYYMM(occurred_at)"
                   " ORDER BY (ticket_id, ticket_sequence)")
        insert = server.url + "?query=INSERT%20INTO%20plain%20FORMAT%20JSONEachRow"
        baseline(arguments, "curl, the same rows in one request",
                 lambda: subprocess.run(["curl", "-sSf", "-T", str(rows), "-X", "POST", insert], check=True), server.cpu)
    finally:
        server.stop()


def sqlite(arguments, folder):
    path = f"{folder}/w.db"
    for batch in arguments.batches:
        pathlib.Path(path).unlink(missing_ok=True)
        sink(arguments, f"sqlite, batches of {batch:,}", "sqlite", {"path": path}, batch)
    rows = f"{folder}/rows.csv"
    subprocess.run(["sqlite3", "-csv", path, f".once {rows}", "SELECT * FROM fact_ticket_event"], check=True)
    subprocess.run(["sqlite3", path, "DELETE FROM fact_ticket_event"], check=True)
    baseline(arguments, "sqlite3 .import, facts alone",
             lambda: subprocess.run(["sqlite3", path, ".mode csv", f".import {rows} fact_ticket_event"], check=True))


def files(arguments, folder):
    for batch in arguments.batches:
        shutil.rmtree(f"{folder}/out", ignore_errors=True)
        sink(arguments, f"file, batches of {batch:,}", "file", {"path": f"{folder}/out"}, batch)
    baseline(arguments, "cp of the same files, and sync",
             lambda: subprocess.run(f"cp -r {folder}/out {folder}/copy && sync -f {folder}/copy", shell=True, check=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="build/release/bench/delivery_load")
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[500, 8_000])
    arguments = parser.parse_args()
    print(f"▸ {arguments.events:,} events of {arguments.tickets:,} tickets", flush=True)
    postgres(arguments)
    clickhouse(arguments)
    with tempfile.TemporaryDirectory(prefix="cxstream-bench-") as folder:
        sqlite(arguments, folder)
        files(arguments, folder)


if __name__ == "__main__":
    sys.exit(main())
