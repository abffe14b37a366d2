"""Rules for C++ files. A rule takes a tree.File and yields (line, message)."""
import re

FILE_LINES_MAX = 400
TEST_LINES_MAX = 600
FUNCTION_LINES_MAX = 70

# path → most lines, each with the reason why it is one thing and not two.
LONGER_FILES = {}
# (path, first line of the function) → most lines, each with the reason.
LONGER_FUNCTIONS = {}

# Files that measure how long something took; what they decide does not depend on it.
MEASURING = {"actors/log_writer/log_writer.cpp"}

# What decides may not look at a clock or roll dice: both come as arguments (promise P9).
DECIDING = ("runtime/base/", "runtime/model/", "runtime/protocols/", "actors/")
CLOCKS_AND_DICE = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock)::now|\brandom_device\b|\bs?rand\(|"
                             r"\btime\((nullptr|NULL|0)\)|\bsleep_(for|until)\b")
SLEEPING_TESTS = ("tests/fault/", "tests/integration/", "tests/servers/",
                  "tests/unit/connectors/webhook_target_test.cpp")  # its server plays one that is too slow
TYPE_OR_NAMESPACE = re.compile(r"^(inline )?(namespace|class|struct|enum|union|extern)\b")
ACCESS = re.compile(r"^(public|protected|private):")


def code_of(line):
    """The line without its comment; good enough where strings hold no //."""
    return line.split("//")[0] if "://" not in line else line


def length(file):
    if not file.is_cxx:
        return
    most = LONGER_FILES.get(file.path, TEST_LINES_MAX if file.is_test else FILE_LINES_MAX)
    count = len(file.lines) - 1
    if count > most:
        yield most, f"{count} lines; more than {most} is a sign that two things live here"


def function_length(file):
    """In formatted code a function at namespace level begins with the last unindented line before its unindented }."""
    if not file.is_cxx or file.is_test:
        return
    first = 0
    for number, line in enumerate(file.lines, start=1):
        if re.match(r"[A-Za-z]", line) and not ACCESS.match(line):
            first = number
        elif line.startswith("}"):
            head = file.lines[first - 1] if first else "namespace"
            most = LONGER_FUNCTIONS.get((file.path, head), FUNCTION_LINES_MAX)
            if number - first + 1 > most and not TYPE_OR_NAMESPACE.match(head):
                yield first, f"a function of {number - first + 1} lines; more than {most} is two functions"
            first = 0


def header_comment(file):
    if not file.path.endswith(".hpp"):
        return
    if not file.text.startswith("// "):
        yield 1, "a header opens with a comment: what it is, who owns it, its invariants"
    if "#pragma once" not in file.text:
        yield 1, "a header has #pragma once"


def clocks_and_dice(file):
    if not file.is_cxx or not file.path.startswith(DECIDING) or file.path in MEASURING:
        return
    for number, line in enumerate(file.lines, start=1):
        if found := CLOCKS_AND_DICE.search(code_of(line)):
            yield number, f"'{found.group()}' where decisions are made: time and randomness come as arguments"


def sleeping_tests(file):
    if not file.is_cxx or not file.path.startswith("tests/") or file.path.startswith(SLEEPING_TESTS):
        return
    for number, line in enumerate(file.lines, start=1):
        if re.search(r"\bsleep_(for|until)\b|\busleep\(|\bsleep\(", code_of(line)):
            yield number, "a test that sleeps; only tests/fault, tests/integration and tests/servers may, elsewhere wait for the event"


def test_names(file):
    if not file.is_cxx or not file.path.startswith("tests/"):
        return
    for found in re.finditer(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", file.text, re.MULTILINE):
        words = re.findall(r"[A-Z][a-z0-9]*|[0-9]+", found.group(2))
        if len(words) < 2 or "_" in found.group(2) or not found.group(2)[0].isupper():
            line = file.text.count("\n", 0, found.start()) + 1
            yield line, f"'{found.group(2)}' is no sentence; say what holds, such as HoldsLaterEventsOfTheSameTicket"


def thrown_together(file):
    for number, line in enumerate(file.lines, start=1):
        if file.is_cxx and re.search(r'#\s*include\s*[<"]caf/all\.hpp', line):
            yield number, "caf/all.hpp costs seconds in every file that includes it; include what you use"


RULES = [length, function_length, header_comment, clocks_and_dice, sleeping_tests, test_names, thrown_together]
