#!/usr/bin/env python3
"""Each rule must find the violation planted for it, and keep quiet over the same thing done well."""
import pathlib
import tempfile
import unittest

import cxx_rules
import layer_rules
import text_rules
from tree import File


def count(rule, path, text):
    return len(list(rule(File(path, text))))


class Rules(unittest.TestCase):
    def check(self, rule, path, bad, good):
        self.assertEqual(count(rule, path, bad), 1, bad[:80])
        self.assertEqual(count(rule, path, good), 0, good[:80])

    def test_find_what_is_too_long(self):
        self.check(cxx_rules.length, "actors/a.cpp", "\n" * 401, "\n" * 400)
        self.check(cxx_rules.length, "tests/unit/a_test.cpp", "\n" * 601, "\n" * 600)
        head = "namespace a {\n\nint f(int x,\n      int y) {\n"
        self.check(cxx_rules.function_length, "cli/a.cpp", head + "  x;\n" * 68 + "}\n}\n", head + "  x;\n" * 67 + "}\n}\n")

    def test_let_a_long_class_pass_as_long_as_its_file_is_short(self):
        self.assertEqual(count(cxx_rules.function_length, "cli/a.hpp", "class a {\n" + "  int x;\n\n" * 60 + "};\n"), 0)

    def test_find_headers_without_a_comment(self):
        self.check(cxx_rules.header_comment, "cli/a.hpp", "#pragma once\n", "// What it is.\n#pragma once\n")

    def test_find_clocks_dice_and_sleep(self):
        self.check(cxx_rules.clocks_and_dice, "runtime/model/a.cpp", "auto t = std::chrono::system_clock::now();",
                   "f(now); // never system_clock::now()")
        self.check(cxx_rules.sleeping_tests, "tests/unit/a_test.cpp", "std::this_thread::sleep_for(1s);", "wait(done);")

    def test_find_names_that_say_nothing(self):
        self.check(cxx_rules.test_names, "tests/unit/a_test.cpp", "TEST(Lane, Basic) {", "TEST(Lane, HoldsLaterEvents) {")
        self.assertEqual(count(text_rules.drawer_names, "runtime/base/string_utils.hpp", ""), 1)
        self.assertEqual(count(text_rules.drawer_names, "runtime/common/x.hpp", ""), 1)
        self.assertEqual(count(text_rules.drawer_names, "runtime/base/commonality.hpp", ""), 0)

    def test_find_includes_that_point_up_or_sideways(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as cmake:
            cmake.write("cxstream_layer(base runtime/base LINKS xxhash)\n"
                        "cxstream_layer(model runtime/model DEPS base)\ncxstream_layer(actors actors DEPS model LINKS x)\n")
            cmake.flush()
            layer_rule, library_rule = layer_rules.rules(pathlib.Path(cmake.name))
        self.check(layer_rule, "runtime/model/a.cpp", '#include "actors/x.hpp"', '#include "base/x.hpp"')
        self.assertEqual(count(layer_rule, "actors/a.cpp", '#include "base/x.hpp"\n#include "model/x.hpp"'), 0)
        self.check(library_rule, "actors/a.cpp", "#include <rocksdb/db.h>", "#include <caf/fwd.hpp>")
        self.check(cxx_rules.thrown_together, "actors/a.cpp", "#include <caf/all.hpp>", "#include <caf/fwd.hpp>")

    def test_find_a_contract_without_words(self):
        self.check(text_rules.proto_comments, "proto/a.proto", "// A.\nmessage A {\n  string b = 1;\n}\n",
                   "// A.\nmessage A {\n  // B.\n  map<string, A> b = 1;\n}\n")

    def test_find_metrics_that_prometheus_would_not_like(self):
        self.check(text_rules.metric_names, "runtime/telemetry/a.cpp", '"cxstream_lag_ms"', '"cxstream_lag_seconds"')

    def test_find_dead_links_and_loose_ends(self):
        self.check(text_rules.links_lead_somewhere, "README.md", "[a](no/such/file.md)", "[a](proto/) [b](https://x.example)")
        self.check(text_rules.whitespace, "a.md", "a \n", "a\n")


if __name__ == "__main__":
    unittest.main()
