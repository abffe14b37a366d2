#!/usr/bin/env python3
"""Validates examples/sample_events.ndjson.gz against the JSON Schema of the event: every event that a node accepts must
follow it, and the schema must refuse every kind of broken event that a schema can see.

  tools/check_samples.py SCHEMA
"""
import gzip
import json
import pathlib
import sys
import warnings

import jsonschema

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples" / "sample_events.ndjson.gz"
# Only a node knows what "in the future" is, what words mean, and that a field is set and cleared at once.
BEYOND_A_SCHEMA = {"future_time", "absurd_time", "unknown_label", "set_and_cleared"}


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
    warnings.simplefilter("ignore", DeprecationWarning)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    problems, good, refused = [], 0, set()
    with gzip.open(SAMPLES, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a line that is no JSON at all
            errors = list(validator.iter_errors(event))
            kind = event.get("idempotency_key", "").removeprefix("bad-").rsplit("-", 1)[0]
            spoilt = event.get("idempotency_key", "").startswith("bad-") or "source_system" not in event
            if spoilt and errors:
                refused.add(kind)
            elif spoilt and kind not in BEYOND_A_SCHEMA:
                problems.append(f"line {number}: the schema lets a broken event pass ({kind})")
            elif errors:
                problems.append(f"line {number}: {errors[0].json_path}: {errors[0].message}")
            else:
                good += 1
    if good < 4000:
        problems.append(f"only {good} events follow the schema; the sample is not what it was")
    if len(refused) < 8:
        problems.append(f"only {len(refused)} kinds of broken events were seen: {sorted(refused)}")
    if problems:
        sys.exit("\n".join(problems[:20]))
    print(f"{good} events follow the schema; {len(refused)} kinds of broken ones do not")


if __name__ == "__main__":
    main()
