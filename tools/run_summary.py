"""The summary of a run in words that anyone understands, out of the JSON that the commands print. Pure."""


def number(record, name):
    """A count; protobuf's JSON writes 64-bit numbers as text."""
    return int(record.get(name, 0))


def counted(value):
    return f"{value:,}".rjust(9)


def summary(imported, counters, sinks, proof, seconds):
    lines = ["", f"What became of the events ({seconds:.1f} s from the first line read to the last delivery)", ""]
    rows = [
        (number(imported, "rows"), "lines in the file"),
        (number(imported, "accepted"), "accepted: durable, in their ticket's history"),
        (number(imported, "duplicate"), "duplicates: sent twice, counted once"),
        (number(imported, "conflict"), "conflicts: a known key with other content; kept aside as dead letters"),
        (number(imported, "rejected"), "rejected: they break the contract; dead letters with the reason"),
        (number(imported, "unreadable"), "unreadable: no events at all; in the import's rejects file"),
        (number(counters, "late"), "late: arrived after something newer; in the history, overwrote nothing"),
        (number(counters, "tickets"), "tickets"),
    ]
    lines += [f"{counted(value)}  {meaning}" for value, meaning in rows]
    lines += ["", "Delivered to", "",
              f"  {'sink':<12}{'delivered':>10}{'filtered':>10}{'retried':>9}{'waiting':>9}{'dead':>6}"
              f"{'p50 ms':>10}{'p99 ms':>10}"]
    for sink in sinks:
        counts = sink["counts"]
        lines.append(f"  {sink['name']:<12}{number(counts, 'delivered'):>10,}{number(counts, 'filtered'):>10,}"
                     f"{number(sink, 'retried'):>9,}{number(counts, 'waiting'):>9,}{number(counts, 'dead'):>6,}"
                     f"{float(sink.get('latency_p50_ms', 0)):>10,.1f}{float(sink.get('latency_p99_ms', 0)):>10,.1f}")
    lines += ["  (p50, p99: from received to delivered)", ""]
    if proof.get("ok"):
        lines.append(f"verify: OK ({number(proof, 'events'):,} events of {number(proof, 'tickets'):,} tickets counted again;"
                     " every sink's numbers add up)")
    else:
        lines.append("verify: FAILED")
        lines += [f"  partition {f.get('partition', 0)} {f.get('sink', '')}: {f.get('message', '')}"
                  for f in proof.get("findings", [])]
    return "\n".join(lines)


def differences(expected, imported, counters):
    """Where the node's answers to the samples are not what examples/sample_events.expected.json says."""
    seen = {name: number(imported, name) for name in ("accepted", "duplicate", "conflict", "rejected", "unreadable")}
    seen.update({name: number(counters, name) for name in ("late", "tickets")})
    return [f"{name}: {seen[name]}, but examples/sample_events.expected.json says {expected[name]}"
            for name in seen if seen[name] != expected[name]]
