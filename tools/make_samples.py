#!/usr/bin/env python3
"""Writes the sample events in examples/: a few weeks at the support desk of Halden Audio, an invented maker of headphones.

Same seed, same bytes. Beside the events it writes what a node must answer when it reads them in file order
(examples/sample_events.expected.json), computed by a small model of its own: tests compare the node with that.

  tools/make_samples.py            write the files
  tools/make_samples.py --check    write nothing; fail when a committed file differs
"""
import argparse
import csv
import gzip
import io
import json
import pathlib
import random
import sys
from datetime import datetime, timedelta, timezone

SEED = 20250303
TICKETS = 320
FIRST_DAY = datetime(2025, 3, 3, tzinfo=timezone.utc)
DAYS = 26
CSV_TICKETS = 40
EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"

DESK = "halden_desk"      # the helpdesk: life-cycle events, one version after the other
INSIGHT = "halden_insight"  # the enricher: reads conversations, sends signals, knows nothing of versions

# What customers write about: raw tags as agents type them, how often, and how angry it makes people (0 calm, 1 furious).
TOPICS = [
    (["Billing:Refund", "refund-request"], 5, 0.7),
    (["Billing:Double Charge"], 2, 0.9),
    (["shipping_delay", "courier"], 6, 0.6),
    (["Firmware Update Failed"], 4, 0.8),
    (["bluetooth-pairing"], 8, 0.4),
    (["login_problem", "2fa"], 4, 0.5),
    (["warranty claim", "left-ear-silent"], 5, 0.6),
    (["how-to"], 9, 0.1),
    (["feature request"], 3, 0.1),
    (["cancel subscription"], 2, 0.8),
    (["reseller-pricing"], 2, 0.2),
]
CHANNELS = [("email", 5), ("chat", 4), ("web", 3), ("phone", 2), ("social", 1)]
PRIORITIES = [("low", 3), ("normal", 8), ("high", 3), ("urgent", 1)]
SENTIMENTS = ["very_negative", "negative", "neutral", "positive", "very_positive"]
RISKS = ["low", "medium", "high", "very_high"]


def pick(rng, weighted):
    return rng.choices([x for x, *_ in weighted], [row[1] for row in weighted])[0]


def rfc3339(when, zone_hours=0):
    """RFC 3339 with milliseconds; some helpdesks write their own zone instead of Z."""
    if zone_hours == 0:
        return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
    local = when.astimezone(timezone(timedelta(hours=zone_hours)))
    return local.strftime("%Y-%m-%dT%H:%M:%S") + f"{zone_hours:+03d}:00"


class Ticket:
    """Plays one ticket from its creation to its close and collects (arrival, event)."""

    def __init__(self, rng, number):
        self.rng = rng
        self.id = f"HA-{100000 + number}"
        self.version = 0
        self.signals = 0
        self.sent = []  # (arrival, event)
        account = min(int(rng.paretovariate(0.9)) - 1, 79)  # few accounts write a lot, most seldom
        tags, _, self.heat = rng.choices(TOPICS, [t[1] for t in TOPICS])[0]
        self.tags = tags[: rng.randint(1, len(tags))]
        self.account = f"acct-{1000 + account}"
        self.customer = f"cust-{1000 + account}-{rng.randint(1, 6)}"
        self.channel = pick(rng, CHANNELS)
        self.priority = pick(rng, PRIORITIES)
        self.zone_hours = rng.choice([0, 0, 0, 0, 1, -5])
        day, hour = rng.randrange(DAYS), rng.gauss(13, 3.5) % 24
        self.now = FIRST_DAY + timedelta(days=day, hours=hour, milliseconds=rng.randrange(1000))

    def wait(self, minutes):
        seconds = max(1.0, self.rng.expovariate(1 / (minutes * 60)))
        self.now += timedelta(milliseconds=int(seconds * 1000))

    def evidence(self):
        return f"https://desk.halden-audio.example/tickets/{self.id}/timeline#{self.version}"

    def send(self, event, delay_s):
        self.sent.append((self.now + timedelta(seconds=delay_s), event))

    def desk(self, event_type, **fields):
        self.version += 1
        event = {
            "event_id": f"{self.id}-{self.version:03d}",
            "event_type": event_type,
            "occurred_at": rfc3339(self.now, self.zone_hours),
            "ticket_id": self.id,
            "account_id": self.account,
            "source_system": DESK,
            "idempotency_key": f"{DESK}:{self.id}:{self.version}",
            "version": self.version,
            "schema_version": "1",
        }
        event.update(fields)
        late_s = self.rng.uniform(3600, 9 * 3600) if self.rng.random() < 0.02 else 0  # a webhook retried hours later
        self.send(event, self.rng.uniform(0.2, 3) + late_s)

    def signal(self, mood):
        """What the enricher thinks after a customer's message; mood in [-1, 1]."""
        rng = self.rng
        self.signals += 1
        mood = max(-1.0, min(1.0, rng.gauss(mood, 0.2)))
        risk = max(0.0, min(1.0, rng.gauss(0.45 - 0.45 * mood, 0.12)))
        effort = max(0.0, min(1.0, rng.gauss(0.2 + 0.06 * self.version, 0.1)))
        event = {
            "event_id": f"sig-{self.id}-{self.signals:02d}",
            "event_type": "ticket.signal",
            "occurred_at": rfc3339(self.now + timedelta(seconds=rng.uniform(1, 9))),  # when it was judged
            "ticket_id": self.id,
            "account_id": self.account,
            "sentiment": self.judgement(SENTIMENTS[min(4, int((mood + 1) * 2.5))], mood),
            "churn_risk": self.judgement(RISKS[min(3, int(risk * 4))], risk),
            "effort": self.judgement(RISKS[min(3, int(effort * 4))], effort),
            "custom_metrics": {"words": float(rng.randint(4, 260)), "model_latency_ms": round(rng.gauss(180, 40), 1)},
            "evidence_url": self.evidence(),
            "source_system": INSIGHT,
        }
        self.send(event, rng.uniform(20, 240))  # it takes its time: desk events overtake it

    def judgement(self, label, score):
        signal = {"label": label, "score": round(score, 3), "confidence": round(self.rng.uniform(0.55, 0.99), 2)}
        if self.rng.random() < 0.1:
            signal["label"] = label.replace("_", " ").title()  # an older enricher writes "Very Negative"
        return signal

    def play(self):
        rng = self.rng
        mood = 0.3 - 1.1 * self.heat
        self.desk("ticket.created", status="new", priority=self.priority, channel=self.channel,
                  customer_id=self.customer, raw_tags=self.tags, evidence_url=self.evidence())
        self.signal(mood)
        self.wait(25)
        agent = f"agent-{rng.randint(1, 14):02d}"
        self.desk("ticket.assigned", status="open", agent_id=agent,
                  custom_metrics={"first_reply_s": float(rng.randint(60, 5400))})
        for _ in range(min(1 + int(rng.expovariate(0.55)), 8)):
            self.wait(90)
            self.desk("ticket.replied", status="pending", agent_id=agent,
                      custom_metrics={"handle_time_s": float(rng.randint(45, 1500))})
            self.wait(240)
            self.desk("ticket.commented", status="open", customer_id=self.customer)
            mood += rng.uniform(-0.15, 0.4)
            self.signal(mood)
            if rng.random() < 0.12:
                self.wait(20)
                self.desk("ticket.escalated", priority="urgent", raw_tags=self.tags + ["escalated"])
            if rng.random() < 0.08:
                self.wait(15)
                agent = f"agent-{rng.randint(1, 14):02d}"
                self.desk("ticket.unassigned", cleared="agentId")
                self.wait(30)
                self.desk("ticket.assigned", agent_id=agent)
        self.finish(agent, mood)
        return self.sent

    def finish(self, agent, mood):
        rng = self.rng
        if rng.random() < 0.07:
            return  # still open at the end of the log
        self.wait(120)
        self.desk("ticket.solved", status="solved", agent_id=agent)
        if rng.random() < 0.09:
            self.wait(600)
            self.desk("ticket.reopened", status="open", custom_metrics={"reopened": 1.0})
            self.signal(mood - 0.5)
            self.wait(200)
            self.desk("ticket.solved", status="solved", agent_id=agent)
        if rng.random() < 0.4:
            self.wait(400)
            stars = max(1, min(5, round(3 + 2 * mood + rng.gauss(0, 0.7))))
            self.desk("ticket.rated", custom_metrics={"csat_stars": float(stars)})
        self.wait(2880)
        self.desk("ticket.closed", status="closed")


def spoil(rng, event, kind):
    """A copy of a good event with one thing wrong. The idempotency key is its own: it was never accepted."""
    bad = json.loads(json.dumps(event))
    bad["event_id"] = bad["idempotency_key"] = f"bad-{kind}-{rng.randrange(10**6):06d}"
    changes = {
        "missing_ticket_id": lambda: bad.pop("ticket_id"),
        "missing_event_type": lambda: bad.pop("event_type"),
        "missing_occurred_at": lambda: bad.pop("occurred_at"),
        "missing_source_system": lambda: bad.pop("source_system"),
        "invalid_url": lambda: bad.update(evidence_url="ftp://desk.halden-audio.example/t/1"),
        "future_time": lambda: bad.update(occurred_at="2199-01-01T00:00:00Z"),
        "absurd_time": lambda: bad.update(occurred_at="1970-01-01T00:00:00Z"),
        "score_out_of_range": lambda: bad.update(sentiment={"label": "negative", "score": -7.5}),
        "confidence_out_of_range": lambda: bad.update(churn_risk={"label": "high", "confidence": 1.5}),
        "unknown_label": lambda: bad.update(effort={"label": "enormous"}),
        "too_large_tag": lambda: bad.update(canonical_tag="x" * 300),
        "too_large_event": lambda: bad.update(raw_tags=["verbose" * 30 + str(i) for i in range(400)]),
        "set_and_cleared": lambda: bad.update(status="open", cleared="status"),
    }
    changes[kind]()
    return bad


REFUSED_BY_NODE = ["missing_ticket_id", "missing_event_type", "missing_occurred_at", "missing_source_system",
                   "invalid_url", "future_time", "absurd_time", "score_out_of_range", "confidence_out_of_range",
                   "unknown_label", "too_large_tag", "too_large_event", "set_and_cleared"]
# Lines that are no event at all: the import writes them to its rejects file.
UNREADABLE = ['{"event_id": "cut-off", "event_type": "ticket.upd',
              "2025-03-12 08:14:07 WARN export worker restarted",
              '{"event_type": "ticket.updated", "occurred_at": "last Tuesday", "ticket_id": "HA-100001"}']


def play_all(rng):
    """All lines in the order in which they arrive."""
    arrivals = []
    for number in range(TICKETS):
        arrivals += Ticket(random.Random(rng.randrange(2**63)), number).play()
    good = list(arrivals)
    for when, event in rng.sample(good, len(good) * 3 // 100):  # a source that got no answer sends again
        arrivals.append((when + timedelta(seconds=rng.uniform(5, 1200)), event))
    keyed = [(when, event) for when, event in good if event.get("status") == "pending"]
    for when, event in rng.sample(keyed, 6):  # a source that reuses a key
        changed = dict(event, priority="high", agent_id="agent-99")
        arrivals.append((when + timedelta(seconds=rng.uniform(60, 900)), changed))
    for kind in REFUSED_BY_NODE:
        when, event = rng.choice(good)
        arrivals.append((when, spoil(rng, event, kind)))
    lines = [(when, json.dumps(event, separators=(",", ":"), ensure_ascii=False)) for when, event in arrivals]
    lines += [(rng.choice(good)[0], text) for text in UNREADABLE]
    lines.sort()
    return [text for _, text in lines]


def expect(lines):
    """What a node must answer, by a model that shares no code with it (promises P2, P3, P4)."""
    counts = dict.fromkeys(["lines", "unreadable", "accepted", "duplicate", "conflict", "rejected", "late"], 0)
    tickets, first_content, closed = {}, {}, set()
    for line in lines:
        counts["lines"] += 1
        if line in UNREADABLE:
            counts["unreadable"] += 1
            continue
        event = json.loads(line)
        if event.get("idempotency_key", "").startswith("bad-"):
            counts["rejected"] += 1
            continue
        key = (event["ticket_id"], event.get("idempotency_key") or event["event_id"])
        if key in first_content:
            counts["duplicate" if first_content[key] == line else "conflict"] += 1
            continue
        first_content[key] = line
        counts["accepted"] += 1
        revision = (datetime.fromisoformat(event["occurred_at"].replace("Z", "+00:00")), event.get("version", 0))
        newest = tickets.get(event["ticket_id"])
        if newest and revision < newest:
            counts["late"] += 1
        else:
            tickets[event["ticket_id"]] = revision
        if event.get("status") == "closed":
            closed.add(event["ticket_id"])
    counts["tickets"] = len(tickets)
    counts["closed_tickets"] = len(closed)
    return counts


def make_csv(rng):
    """A ticket export as helpdesks offer it for download: one row an update, local column names, `;` in the tag cell."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["Ticket #", "Updated (UTC)", "Revision", "State", "Urgency", "Via", "Company", "Requester",
                    "Assignee", "Labels", "Minutes to first reply", "Link"])
    for number in range(CSV_TICKETS):
        ticket = Ticket(random.Random(rng.randrange(2**63)), 90000 + number)
        steps = [("New", ""), ("In progress", rng.randint(3, 300)), ("Awaiting customer", ""), ("Resolved", ""),
                 ("Closed", "")]
        agent = f"agent-{rng.randint(1, 14):02d}"
        for revision, (state, reply_minutes) in enumerate(steps[: rng.randint(2, 5)], start=1):
            table.writerow([ticket.id, ticket.now.strftime("%Y-%m-%d %H:%M:%S"), revision, state,
                            ticket.priority.title(), ticket.channel, ticket.account, ticket.customer,
                            agent if revision > 1 else "", "; ".join(ticket.tags), reply_minutes,
                            f"https://desk.halden-audio.example/tickets/{ticket.id}"])
            ticket.wait(180)
    return out.getvalue()


def gzipped(text):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
        packed.write(text.encode())
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    check = parser.parse_args().check
    lines = play_all(random.Random(SEED))
    contents = {
        "sample_events.ndjson.gz": gzipped("".join(line + "\n" for line in lines)),
        "sample_events.expected.json": (json.dumps(expect(lines), indent=2) + "\n").encode(),
        "sample_tickets.csv": make_csv(random.Random(SEED + 1)).encode(),
    }
    stale = []
    for name, content in contents.items():
        path = EXAMPLES / name
        if not check:
            path.write_bytes(content)
            continue
        unpack = gzip.decompress if name.endswith(".gz") else bytes  # zlib versions may pack differently
        if not path.exists() or unpack(path.read_bytes()) != unpack(content):
            stale.append(name)
    if stale:
        sys.exit(f"examples/ is not what tools/make_samples.py writes: {', '.join(stale)}. Run tools/make_samples.py.")


if __name__ == "__main__":
    main()
