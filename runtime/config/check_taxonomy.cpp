#include "config/check_taxonomy.hpp"

#include "model/fold_text.hpp"
#include "model/glob.hpp"

#include <algorithm>

namespace cxstream::config {

namespace {

std::string folded_text(std::string_view text) {
  std::string out(text);
  model::lower(out);
  return out;
}

std::string text_or_empty(const std::string* text) {
  return text == nullptr ? std::string{} : *text;
}

struct numbered_glob {
  const tag_pattern* source;
  model::glob pattern;
};

// Only a pattern with as many characters can take all tags of another: with more it could not match the shortest one,
// with fewer it goes after it.
void find_hidden(const taxonomy_document& document, std::vector<lint>& out) {
  std::vector<numbered_glob> before;
  for (const auto& source : document.patterns) {
    if (source.pattern.find('*') == std::string::npos)
      continue;
    const model::glob pattern(folded_text(source.pattern));
    const auto hides = std::ranges::find_if(before, [&](const numbered_glob& earlier) {
      return earlier.pattern.literals() == pattern.literals() && earlier.pattern.covers(pattern);
    });
    if (hides != before.end())
      out.push_back({lint_kind::never_matches, source.line, source.pattern,
                     "\"" + source.pattern + "\" never matches: \"" + hides->source->pattern + "\" in line " +
                         std::to_string(hides->source->line) +
                         " takes all its tags and stands before it; put it first or remove it"});
    before.push_back({&source, pattern});
  }
}

void find_driverless(const taxonomy_document& document, const declared_tag& tag, std::vector<lint>& out) {
  if (document.rules.has_own_driver(tag.name))
    return;
  const auto* driver = document.rules.driver(tag.name);
  out.push_back({lint_kind::without_driver, tag.line, tag.name,
                 "\"" + tag.name + "\" has no driver; give it one" +
                     (driver == nullptr ? std::string(": its events get none")
                                        : ", or it stays with the default, \"" + *driver + "\"")});
}

void find_unused(const taxonomy_document& document, const declared_tag& tag, std::vector<lint>& out) {
  const auto is_it = [&](std::string_view other) { return folded_text(other) == folded_text(tag.name); };
  const auto* by_default = document.rules.default_tag();
  if ((by_default != nullptr && is_it(*by_default)) ||
      std::ranges::any_of(document.patterns, is_it, &tag_pattern::canonical_tag))
    return;
  out.push_back({lint_kind::unused, tag.line, tag.name,
                 "no raw tag leads to \"" + tag.name + "\" but itself; list some under raw, or remove it"});
}

} // namespace

std::vector<example_difference> run_examples(const taxonomy_document& document) {
  std::vector<example_difference> out;
  for (const auto& example : document.examples) {
    const auto* tag = document.rules.tag_of(example.raw_tags);
    const auto* driver = tag == nullptr ? nullptr : document.rules.driver(*tag);
    const auto compare = [&](const char* field, const std::optional<expected_text>& expected, const std::string* is) {
      if (!expected)
        return;
      const auto should = expected->text.value_or("");
      if (auto actual = text_or_empty(is); actual != should)
        out.push_back({&example, field, should, std::move(actual)});
    };
    compare("tag", example.canonical_tag, tag);
    compare("driver", example.driver, driver);
  }
  return out;
}

std::vector<lint> lint_taxonomy(const taxonomy_document& document) {
  std::vector<lint> out;
  find_hidden(document, out);
  for (const auto& tag : document.tags) {
    find_driverless(document, tag, out);
    find_unused(document, tag, out);
  }
  std::ranges::stable_sort(out, {}, &lint::line);
  return out;
}

std::string_view to_text(lint_kind kind) {
  switch (kind) {
    case lint_kind::never_matches:
      return "never_matches";
    case lint_kind::without_driver:
      return "without_driver";
    case lint_kind::unused:
      return "unused";
  }
  return "";
}

} // namespace cxstream::config
