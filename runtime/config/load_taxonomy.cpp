#include "config/load_taxonomy.hpp"

#include "config/section.hpp"
#include "model/fold_text.hpp"

namespace cxstream::config {

namespace {

constexpr std::size_t version_bytes_max = 64;
constexpr std::size_t tag_bytes_max = 256; // of event.proto

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

class taxonomy_reader {
public:
  explicit taxonomy_reader(diagnostics& found) : found_(found) {
  }

  taxonomy_document read(const YAML::Node& node) {
    section top(node, "", in());
    std::string version;
    top.text("version", version);
    if (model::trimmed(version).empty() || version.size() > version_bytes_max)
      top.wrong("version", "must be a text of 1 to 64 bytes; events carry it, so change it whenever the tags change");
    taxonomy_document out;
    out.rules = model::taxonomy{std::string(model::trimmed(version))};
    read_default(section(top.child("default"), "default", in()), out.rules);
    read_tags(top.child("tags"), out);
    read_examples(top, out);
    top.finish();
    return out;
  }

private:
  reading in() const {
    return {found_, nullptr}; // "${" has no meaning in tags
  }

  // False, and a finding, for a tag or driver that no event may carry.
  bool is_usable(std::string_view text, const std::string& what, int line) {
    const auto inner = model::trimmed(text);
    if (!inner.empty() && inner.size() <= tag_bytes_max && inner.find('\0') == inner.npos)
      return true;
    found_.add(line, what + " must be a text of 1 to 256 bytes");
    return false;
  }

  void read_default(section in, model::taxonomy& out) {
    std::string tag;
    std::string driver;
    in.text("tag", tag);
    in.text("driver", driver);
    in.finish();
    if (!tag.empty() && is_usable(tag, "default.tag", in.line("tag")))
      out.set_default_tag(tag);
    if (!driver.empty() && is_usable(driver, "default.driver", in.line("driver")))
      out.set_default_driver(driver);
  }

  void read_tags(const YAML::Node& node, taxonomy_document& out) {
    section tags(node, "tags", in());
    const auto entries = tags.rest();
    for (const auto& [tag, line, value, taken] : entries)
      if (is_usable(tag, "a canonical tag", line))
        read_tag(tag, line, value, out);
    for (const auto& e : entries)
      if (e.key.find('*') == e.key.npos)
        out.rules.map_tag(e.key, e.key); // keeps what the file says of it, if anything
  }

  void read_tag(const std::string& tag, int line, const YAML::Node& value, taxonomy_document& out) {
    out.tags.push_back({std::string(model::trimmed(tag)), line});
    section in_tag(value, "tags." + tag, in());
    std::string driver;
    in_tag.text("driver", driver);
    const auto raw = in_tag.child("raw");
    in_tag.finish();
    if (!driver.empty() && is_usable(driver, in_tag.name("driver"), in_tag.line("driver")) &&
        !out.rules.set_driver(tag, driver))
      found_.add(line, quoted(tag) + " stands twice under tags, in another spelling; remove one");
    if (raw.IsNull())
      return;
    if (!raw.IsSequence()) {
      in_tag.wrong("raw", "must be a list of raw tags");
      return;
    }
    for (const auto& pattern : raw)
      read_pattern(pattern, tag, out);
  }

  void read_pattern(const YAML::Node& node, const std::string& tag, taxonomy_document& out) {
    const auto line = line_of(node);
    const auto pattern = scalar_text(node, "a raw tag of " + quoted(tag), in());
    if (!pattern || !is_usable(*pattern, "a raw tag of " + quoted(tag), line))
      return;
    const auto inner = model::trimmed(*pattern);
    if (!out.rules.map_tag(inner, tag))
      found_.add(line, quoted(inner) + " is mapped twice; remove one of the two");
    else
      out.patterns.push_back({std::string(inner), std::string(model::trimmed(tag)), line});
  }

  void read_examples(section& top, taxonomy_document& out) {
    const auto list = top.child("examples");
    if (list.IsNull())
      return;
    if (!list.IsSequence()) {
      top.wrong("examples",
                "must be a list, each entry as: {raw: [a tag], tag: its canonical tag, driver: its driver}");
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i)
      read_example(list[i], "examples[" + std::to_string(i) + "]", out);
  }

  void read_example(const YAML::Node& node, const std::string& path, taxonomy_document& out) {
    section in_example(node, path, in());
    taxonomy_example example;
    example.line = line_of(node);
    if (!in_example.has("raw"))
      in_example.wrong("raw", "is missing; list the raw tags of an event, or [] for none");
    for (const auto& raw : in_example.texts("raw"))
      if (const auto inner = model::trimmed(raw); !inner.empty()) // as canonicalise() takes them
        example.raw_tags.emplace_back(inner);
    example.canonical_tag = read_expected(in_example, "tag");
    example.driver = read_expected(in_example, "driver");
    if (!example.canonical_tag && !example.driver)
      in_example.wrong("tag", "is missing; say what should come out, with ~ for nothing");
    in_example.finish();
    out.examples.push_back(std::move(example));
  }

  std::optional<expected_text> read_expected(section& from, std::string_view key) const {
    const auto node = from.child(key);
    if (!from.has(key))
      return {};
    if (node.IsNull())
      return expected_text{};
    return expected_text{std::string(model::trimmed(scalar_text(node, from.name(key), in()).value_or("")))};
  }

  diagnostics& found_;
};

} // namespace

base::result<taxonomy_document> load_taxonomy_document(const std::string& path) {
  auto text = read_text_file(path);
  if (!text)
    return text.err();
  return parse_taxonomy_document(*text, path);
}

base::result<taxonomy_document> parse_taxonomy_document(std::string_view text, const std::string& name) {
  diagnostics found(name);
  taxonomy_document out;
  if (const auto top = parse_mapping(text, found))
    out = taxonomy_reader(found).read(*top);
  if (!found.empty())
    return found.to_error();
  out.file = name;
  return out;
}

base::result<model::taxonomy> load_taxonomy(const std::string& path) {
  auto document = load_taxonomy_document(path);
  if (!document)
    return document.err();
  return std::move(document->rules);
}

base::result<model::taxonomy> parse_taxonomy(std::string_view text, const std::string& name) {
  auto document = parse_taxonomy_document(text, name);
  if (!document)
    return document.err();
  return std::move(document->rules);
}

} // namespace cxstream::config
