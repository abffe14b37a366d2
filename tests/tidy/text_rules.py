"""Rules for names, the contract, metrics and documents. A rule takes a tree.File and yields (line, message)."""
import re

import tree

DRAWERS = re.compile(r"(^|[/_.])(utils?|common|helpers?|managers?|misc)([/_.]|$)")
METRIC = re.compile(r'"(cxstream_[A-Za-z0-9_]*)"')
METRIC_FORM = re.compile(r"^cxstream_[a-z0-9]+(_[a-z0-9]+)+$")
WRONG_UNIT = re.compile(r"_(ms|us|ns|millis|milliseconds|microseconds|minutes|kb|mb|kib|mib|percent)(_|$)")
MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")


def drawer_names(file):
    if found := DRAWERS.search(file.path):
        yield 1, f"'{found.group(2)}' names no thing; name the file after what it does"


def proto_comments(file):
    """Every message, field, enum, value, service and rpc says above itself what it is."""
    if not file.path.endswith(".proto"):
        return
    above = ""
    for number, line in enumerate(file.lines, start=1):
        text = line.strip()
        declares = re.match(r"(message|enum|service|rpc)\s+(\w+)", text) or re.match(r"(?:[\w.<>, ]+\s)?(\w+) = \d+;", text)
        if declares and not above.startswith("//"):
            yield number, f"'{declares.groups()[-1]}' has no comment above it"
        above = text


def metric_names(file):
    if not file.is_cxx or file.is_test or not file.path.startswith(("runtime/telemetry/", "actors/", "cli/")):
        return
    for number, line in enumerate(file.lines, start=1):
        for name in METRIC.findall(line):
            if not METRIC_FORM.match(name):
                yield number, f"metric '{name}': lower-case words joined by _"
            elif WRONG_UNIT.search(name):
                yield number, f"metric '{name}': base units only, _seconds and _bytes"


def links_lead_somewhere(file):
    if not file.path.endswith(".md"):
        return
    for number, line in enumerate(file.lines, start=1):
        for target, _ in MARKDOWN_LINK.findall(line):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (tree.root() / file.folder / target).exists():
                yield number, f"the link to '{target}' leads nowhere"


def whitespace(file):
    if file.path.endswith((".svg", ".csv", ".json", ".ndjson")):
        return
    for number, line in enumerate(file.lines, start=1):
        if line != line.rstrip():
            yield number, "white space at the end of the line"
    if file.text and not file.text.endswith("\n"):
        yield len(file.lines), "no newline at the end of the file"


RULES = [drawer_names, proto_comments, metric_names, links_lead_somewhere, whitespace]
