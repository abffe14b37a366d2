#!/usr/bin/env python3
"""One load of a whole node on this machine, the generator beside it: acknowledged events a second, latency, CPU and bytes
written. The second half of `./dev bench`; its data lies in build/bench and is deleted before each run."""
import argparse
import pathlib
import shutil
import sys

from node import Failed, Node

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONFIG = pathlib.Path(__file__).resolve().parent / "bench_node.yaml"


def measure(node, arguments):
    before = node.usage()
    load = node.ask("generate", "--events", str(arguments.events), "--tickets", str(arguments.tickets),
                    "--streams", str(arguments.streams), "--seed", "1")
    acked = node.usage()
    sinks = node.wait_for_sinks(600)
    after = node.usage()
    paced = []
    if arguments.rate:  # latency is measured below saturation: a full queue only measures its own length
        print(f"▸ and {arguments.rate:,} events/s for 20 s, for the latency", flush=True)
        node.ask("generate", "--rate", str(arguments.rate), "--events", str(arguments.rate * 20), "--seed", "2",
                 "--tickets", str(arguments.tickets))
        paced = node.wait_for_sinks(120)
    proof = node.ask("verify", allowed=(0, 1))
    return before, load, acked, sinks, after, paced, proof


def report(arguments, before, load, acked, sinks, after, paced, proof):
    events = arguments.events
    million = events / 1e6
    print(f"\n{events:,} events over {arguments.tickets:,} tickets, {arguments.streams} streams\n")
    print(f"  acknowledged events/s          {float(load['acknowledged_per_s']):>12,.0f}")
    print(f"  ack latency p50 / p99 ms       {float(load['ack_p50_ms']):>12,.1f} / {float(load['ack_p99_ms']):,.1f}")
    print(f"  node CPU s per million, acked  {(acked['cpu_s'] - before['cpu_s']) / million:>12,.2f}")
    print(f"  the same with all delivered    {(after['cpu_s'] - before['cpu_s']) / million:>12,.2f}")
    print(f"  bytes written per event        {(after['written_bytes'] - before['written_bytes']) / events:>12,.0f}")
    print(f"  resident MiB at the end        {after['resident_bytes'] / 2**20:>12,.0f}")
    for sink in paced or sinks:
        rate = f" at {arguments.rate:,}/s" if paced else ""
        print(f"  {sink['name']}: received→delivered p50 / p99 ms{rate}: "
              f"{float(sink['latency_p50_ms']):,.1f} / {float(sink['latency_p99_ms']):,.1f}")
    print(f"  verify: {'OK' if proof.get('ok') else 'FAILED'}")
    return 0 if proof.get("ok") else 1


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--streams", type=int, default=2)
    parser.add_argument("--rate", type=int, default=20_000, help="events/s of the second, paced load; 0 for none")
    arguments = parser.parse_args()
    data = ROOT / "build" / "bench"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    node = None
    try:
        node = Node(arguments.binary, CONFIG, data / "node.log", {"CXSTREAM_DATA": str(data)})
        print(f"▸ {arguments.events:,} events as fast as they are taken", flush=True)
        return report(arguments, *measure(node, arguments))
    except Failed as failure:
        print(f"✗ {failure}")
        return 1
    finally:
        if node:
            node.stop()


if __name__ == "__main__":
    sys.exit(main())
