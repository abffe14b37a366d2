#!/usr/bin/env python3
"""What `./dev run` does after the build: a node, its sinks and an unreliable receiver; the sample events through it; a
summary; and the node left up to play with. Data and logs go to ./data."""
import argparse
import base64
import json
import os
import pathlib
import secrets
import signal
import sys
import time

from node import Failed, Node, Receiver
from run_summary import differences, summary

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "examples" / "sample_events.ndjson.gz"
CONFIG = ROOT / "examples" / "sample_node.yaml"
PATIENCE_S = 180


class Stopped(Exception):
    """The user has seen enough."""


def say(text):
    print(text, flush=True)


def secret_of(data):
    """One webhook secret a data directory, so that a restart signs with the same."""
    path = data / "webhook.secret"
    if not path.exists():
        path.write_text("whsec_" + base64.b64encode(secrets.token_bytes(24)).decode())
        path.chmod(0o600)
    return path.read_text()


def start(arguments, data, stack):
    secret = secret_of(data)
    say("▸ starting a webhook receiver that answers 5 % of the calls with an error, and a few with \"not so fast\"")
    receiver = Receiver(arguments.binary, data / "receiver.log", [
        "--fail-rate", "0.05", "--throttle-rate", "0.002", "--seed", "7", "--secret", secret,
        "--log", str(data / "received.ndjson")])
    stack.append(receiver)
    say("▸ starting the node")
    node = Node(arguments.binary, CONFIG, data / "node.log", {
        "CXSTREAM_DATA": str(data), "CXSTREAM_EXAMPLES": str(ROOT / "examples"),
        "CXSTREAM_WEBHOOK_URL": f"http://{receiver.address}/events", "CXSTREAM_WEBHOOK_SECRET": secret})
    stack.append(node)
    if node.moved:
        say(f"  port 7400, 7401 or 7403 is taken; this node uses {node.grpc} (gRPC), {node.http} (metrics) and {node.intake} (webhooks)")
    say(f"  ready: gRPC {node.grpc}, webhooks http://{node.intake}, metrics and health http://{node.http}")
    return node


def stream(node, arguments, data):
    say(f"▸ streaming {os.path.relpath(arguments.events)} in over gRPC")
    began = time.monotonic()
    imported = node.ask("import", str(arguments.events), "--no-resume", "--state", str(data / "sample.import"),
                        "--rejects", str(data / "rejects.ndjson"), allowed=(0, 1))
    say("▸ waiting until every sink has caught up")
    shown = []

    def progress(still_open):
        text = ", ".join(f"{name} {count}" for name, count in still_open.items() if count)
        if text and (not shown or time.monotonic() - shown[-1] > 2):
            say(f"  still open: {text}")
            shown.append(time.monotonic())

    sinks = node.wait_for_sinks(PATIENCE_S, progress)
    return imported, sinks, time.monotonic() - began


def next_steps(node, data):
    server = "" if not node.moved else f" --server {node.grpc}"
    binary = os.path.relpath(node.binary)
    where = os.path.relpath(data)
    return f"""
The node is up. Try, in another terminal:
  {binary} ticket history HA-100029{server}        one ticket's story
  {binary} tail{server}                            what a gRPC subscriber sees
  {binary} stats --watch{server}                   live counters
  {binary} dead list{server}                       what was refused, and why
  {binary} verify --deep{server}                   prove that every count adds up
  {binary} generate --events 200000{server}        put some load on it
  curl -d @examples/payloads/zendesk_status_changed.json http://{node.intake}/v1/sources/zendesk     a helpdesk's webhook
  {binary} map try zendesk_events examples/payloads/zendesk_status_changed.json   what it becomes, field by field
  sqlite3 {where}/warehouse.db '.tables'           the warehouse
  curl -s http://{node.http}/metrics | grep cxstream_sink
Data and logs: {where}/ (./dev clean --data starts over). Ctrl-C stops the node."""


def run(arguments, stack):
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    fresh = not (data / "store").exists()
    if not fresh:
        say(f"▸ {os.path.relpath(data)} holds a node from an earlier run; it goes on from there: known events are duplicates")
    node = start(arguments, data, stack)
    imported, sinks, seconds = stream(node, arguments, data)
    counters, proof = node.ask("stats")["node"], node.ask("verify", allowed=(0, 1))
    say(summary(imported, counters, sinks, proof, seconds))
    problems = [] if proof.get("ok") else ["verify found something that does not add up"]
    if fresh and arguments.events == SAMPLES:
        problems += differences(json.loads((ROOT / "examples" / "sample_events.expected.json").read_text()), imported, counters)
    for problem in problems:
        say(f"✗ {problem}")
    if arguments.exit:
        return 1 if problems else 0
    say(next_steps(node, data))
    try:
        while True:
            node.check_alive()
            time.sleep(0.5)
    except KeyboardInterrupt:
        raise Stopped from None


def main():
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__)
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--exit", action="store_true", help="stop after the summary")
    parser.add_argument("--events", type=pathlib.Path, default=SAMPLES, help="another NDJSON file (.gz may be)")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data", help="where data and logs go")
    arguments = parser.parse_args()
    began, stack, status = time.monotonic(), [], 1
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    try:
        status = run(arguments, stack)
    except Failed as failure:
        say(f"✗ {failure}")
    except Stopped:
        status = 0
    except KeyboardInterrupt:
        status = 130
    finally:
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.SIG_IGN)
        for process in reversed(stack):  # the node first: it may still have something to deliver
            if (left := process.stop()) != 0:
                say(f"✗ {process.name} ended with status {left}; see {process.log}")
                status = status or 1
        say(f"▸ dev run: stopped after {int(time.monotonic() - began)} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
