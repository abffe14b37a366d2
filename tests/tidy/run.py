#!/usr/bin/env python3
"""Checks the house style (CONTRIBUTING.md) where a program can: one line a finding, exit 1 when there is one."""
import sys

import cxx_rules
import layer_rules
import text_rules
import tree


def findings(files, rules):
    for file in files:
        for rule in rules:
            for line, message in rule(file):
                yield f"{file.path}:{line}: {message}"


def main():
    files = tree.files()
    rules = cxx_rules.RULES + layer_rules.rules(tree.root() / "CMakeLists.txt") + text_rules.RULES
    found = list(findings(files, rules))
    print("\n".join(found))
    print(f"tidy: {len(files)} files, {len(rules)} rules, {len(found)} findings")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
