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

  model::taxonomy read(const YAML::Node& node) {
    section top(node, "", in());
    std::string version;
    top.text("version", version);
    if (model::trimmed(version).empty() || version.size() > version_bytes_max)
      top.wrong("version", "must be a text of 1 to 64 bytes; events carry it, so change it whenever the tags change");
    model::taxonomy out{std::string(model::trimmed(version))};
    read_default(section(top.child("default"), "default", in()), out);
    read_tags(top.child("tags"), out);
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

  void read_tags(const YAML::Node& node, model::taxonomy& out) {
    section tags(node, "tags", in());
    const auto entries = tags.rest();
    for (const auto& [tag, line, value, taken] : entries)
      if (is_usable(tag, "a canonical tag", line))
        read_tag(tag, line, value, out);
    for (const auto& e : entries)
      if (!e.key.ends_with('*'))
        out.map_tag(e.key, e.key); // keeps what the file says of it, if anything
  }

  void read_tag(const std::string& tag, int line, const YAML::Node& value, model::taxonomy& out) {
    section in_tag(value, "tags." + tag, in());
    std::string driver;
    in_tag.text("driver", driver);
    const auto raw = in_tag.child("raw");
    in_tag.finish();
    if (!driver.empty() && is_usable(driver, in_tag.name("driver"), in_tag.line("driver")) &&
        !out.set_driver(tag, driver))
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

  void read_pattern(const YAML::Node& node, const std::string& tag, model::taxonomy& out) {
    const auto line = line_of(node);
    const auto pattern = scalar_text(node, "a raw tag of " + quoted(tag), in());
    if (!pattern || !is_usable(*pattern, "a raw tag of " + quoted(tag), line))
      return;
    const auto inner = model::trimmed(*pattern);
    if (const auto star = inner.find('*'); star != inner.npos && star + 1 != inner.size())
      found_.add(line, quoted(inner) + " has a \"*\" that is not at its end; only beginnings can be matched");
    else if (!out.map_tag(inner, tag))
      found_.add(line, quoted(inner) + " is mapped twice; remove one of the two");
  }

  diagnostics& found_;
};

} // namespace

base::result<model::taxonomy> load_taxonomy(const std::string& path) {
  auto text = read_text_file(path);
  if (!text)
    return text.err();
  return parse_taxonomy(*text, path);
}

base::result<model::taxonomy> parse_taxonomy(std::string_view text, const std::string& name) {
  diagnostics found(name);
  model::taxonomy out;
  if (const auto top = parse_mapping(text, found))
    out = taxonomy_reader(found).read(*top);
  if (!found.empty())
    return found.to_error();
  return out;
}

} // namespace cxstream::config
