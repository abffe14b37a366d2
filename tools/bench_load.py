#!/usr/bin/env python3
"""One load of a whole node on this machine, the generator beside it: acknowledged events a second, latency, CPU and bytes
written. The second half of `./dev bench`; its data lies in build/bench-node and is deleted before each run."""
import argparse
import pathlib
import shutil
import subprocess
import sys
import time

from node import Failed, Node

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONFIG = pathlib.Path(__file__).resolve().parent / "bench_node.yaml"


def generate(node, arguments, *options):
    # Exit status 1 only says that bad events were refused, as they should be.
    return node.ask("generate", "--tickets", str(arguments.tickets), *options, allowed=(0, 1))


def full_load(node, arguments):
    """As fast as the node takes them: throughput and cost."""
    before = node.usage()
    load = generate(node, arguments, "--events", str(arguments.events), "--streams", str(arguments.streams), "--seed", "1")
    acked = node.usage()
    node.wait_for_sinks(600)
    after = node.usage()
    millions = load["acknowledged"] / 1e6
    print(f"  acknowledged events/s            {load['events_per_second']:>10,.0f}")
    print(f"  acknowledged after ms, p50, p99  {load['ack_p50_ms']:>10,.1f} {load['ack_p99_ms']:>10,.1f}")
    print(f"  node's CPU s a million events    {(acked['cpu_s'] - before['cpu_s']) / millions:>10,.2f} when all are acknowledged")
    print(f"                                   {(after['cpu_s'] - before['cpu_s']) / millions:>10,.2f} when all are delivered")
    print(f"  generator's CPU s a million      {load['cpu_us_per_event']:>10,.2f}")
    print(f"  bytes written an event           {(after['written_bytes'] - before['written_bytes']) / load['acknowledged']:>10,.0f}"
          f" (an event has {load['bytes'] / load['acknowledged']:,.0f})")
    print(f"  memory of the node, MiB          {after['resident_bytes'] / 2**20:>10,.0f}", flush=True)


def paced_load(node, arguments):
    """Below what the node can take, on a process that measured nothing yet: latency. A full queue only shows its length."""
    generate(node, arguments, "--rate", str(arguments.rate), "--events", str(arguments.rate * 20), "--seed", "2", "--live-clock")
    for sink in node.wait_for_sinks(120):
        print(f"  {sink['name']:<12} received→delivered ms, p50, p99 "
              f"{float(sink['latency_p50_ms']):>8,.1f} {float(sink['latency_p99_ms']):>8,.1f}")


def webhook_load(node, arguments):
    """Webhooks at a fixed rate, without and with thousands of connections that say nothing beside them."""
    host, port = node.intake.rsplit(":", 1)
    load = pathlib.Path(arguments.binary).resolve().parent / "bench" / "webhook_load"
    for idle in (0, arguments.idle_connections):
        print(f"▸ {arguments.webhooks:,} webhooks/s for 10 s" + (f", {idle:,} connections that dribble beside them" if idle else ""),
              flush=True)
        before = node.usage()
        subprocess.run([load, "--host", host, "--port", port, "--rate", str(arguments.webhooks), "--seconds", "10",
                        "--idle", str(idle)], check=False)
        after = node.usage()
        print(f"  node's CPU s a million webhooks  {(after['cpu_s'] - before['cpu_s']) / (arguments.webhooks / 1e5):>10,.1f}")


def write_table(path, rows, prefix):
    """In the shape of examples/sample_tickets.csv: tickets of six rows each."""
    states = ["New", "In progress", "Awaiting customer", "In progress", "Solved", "Closed"]
    with open(path, "w") as out:
        out.write("Ticket #,Updated (UTC),Revision,State,Urgency,Via,Company,Requester,Assignee,Labels,Minutes to first reply,Link\n")
        for row in range(rows):
            ticket, revision = divmod(row, len(states))
            clock = f"{row // 3600 % 24:02}:{row // 60 % 60:02}:{row % 60:02}"
            out.write(f"{prefix}-{ticket},2025-03-{1 + row % 28:02} {clock},{revision + 1},{states[revision]},High,web,acct-{ticket % 997},"
                      f"cust-{ticket % 9973},agent-{row % 90:02},bluetooth-pairing;battery,{row % 500},"
                      f"https://desk.halden-audio.example/tickets/{prefix}-{ticket}\n")


def import_load(node, arguments, data):
    """Rows of a file: read by the command, then by a job of the node without a limit of its rate."""
    mapping = str(ROOT / "examples" / "mappings" / "sample.yaml")
    for name, options in (("the command", []), ("a job of the node", ["--upload"])):
        table = data / f"{'job' if options else 'direct'}.csv"
        write_table(table, arguments.rows, "JB" if options else "DI")
        before, began = node.usage(), time.monotonic()
        node.ask("import", str(table), "--mapping", mapping, "--quiet", *options)
        seconds, after = time.monotonic() - began, node.usage()
        millions = arguments.rows / 1e6
        print(f"  read by {name:<18} rows/s {arguments.rows / seconds:>10,.0f}   node's CPU s a million rows"
              f" {(after['cpu_s'] - before['cpu_s']) / millions:>7,.1f}   memory, MiB {after['resident_bytes'] / 2**20:>6,.0f}", flush=True)
        node.wait_for_sinks(600)  # what comes next is not to be measured beside it


def run(arguments, data, running):
    def start():
        running.append(Node(arguments.binary, CONFIG, data / f"node-{len(running)}.log", {"CXSTREAM_DATA": str(data), "CXSTREAM_BENCH": str(CONFIG.parent)}))
        return running[-1]

    print(f"▸ {arguments.events:,} events of {arguments.tickets:,} tickets over {arguments.streams} streams, "
          "as fast as they are taken", flush=True)
    node = start()
    full_load(node, arguments)
    if arguments.rate:
        node.stop()
        print(f"▸ {arguments.rate:,} events/s for 20 s", flush=True)
        node = start()
        paced_load(node, arguments)
    if arguments.rows:
        node.stop()
        print(f"▸ {arguments.rows:,} rows of a CSV file", flush=True)
        node = start()
        import_load(node, arguments, data)
    if arguments.webhooks:
        node.stop()
        node = start()
        webhook_load(node, arguments)
    proof = node.ask("verify", allowed=(0, 1))
    print(f"  verify: {'OK' if proof.get('ok') else 'FAILED'}")
    return 0 if proof.get("ok") else 1


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--streams", type=int, default=2)
    parser.add_argument("--rate", type=int, default=20_000, help="events/s of the second, paced load; 0 for none")
    parser.add_argument("--rows", type=int, default=500_000, help="rows of the files that are imported; 0 for none")
    parser.add_argument("--webhooks", type=int, default=10_000, help="requests/s to a source over HTTP; 0 for none")
    parser.add_argument("--idle-connections", type=int, default=9_000, help="connections that dribble beside them")
    arguments = parser.parse_args()
    data = ROOT / "build" / "bench-node"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    running = []
    try:
        return run(arguments, data, running)
    except Failed as failure:
        print(f"✗ {failure}")
        return 1
    finally:
        for node in running:
            node.stop()


if __name__ == "__main__":
    sys.exit(main())
