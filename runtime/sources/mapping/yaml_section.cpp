#include "sources/mapping/yaml_section.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

} // namespace

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

void fail_at(const YAML::Node& node, const std::string& file, const std::string& what) {
  throw mapping_error(file + ":" + std::to_string(line_of(node)) + ": " + what);
}

std::string scalar(const YAML::Node& node, const std::string& file, const std::string& what) {
  if (!node.IsScalar())
    fail_at(node, file, what + " must be a single value");
  return node.Scalar();
}

yaml_section::yaml_section(const YAML::Node& node, std::string file, std::string name,
                           const std::vector<std::string>& keys)
    : node_(node), file_(std::move(file)), name_(std::move(name)) {
  if (!node_.IsMap())
    fail(name_ + " must be a map of: " + listed(keys));
  for (const auto& entry : node_) {
    const auto key = entry.first.IsNull() ? "null" : entry.first.Scalar(); // YAML reads the word null as nothing
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      fail(entry.first, "unknown key '" + key + "' in " + name_ + "; there are: " + listed(keys));
    if (!children_.emplace(key, entry.second).second)
      fail(entry.first, "'" + key + "' is given twice in " + name_);
  }
}

bool yaml_section::has(const std::string& key) const {
  return children_.contains(key);
}

YAML::Node yaml_section::child(const std::string& key) const {
  const auto found = children_.find(key);
  return found == children_.end() ? YAML::Node(YAML::NodeType::Undefined) : found->second;
}

std::string yaml_section::text(const std::string& key) const {
  if (!has(key))
    fail(name_ + " needs '" + key + "'");
  return scalar(child(key), file_, "'" + key + "'");
}

std::string yaml_section::text_or(const std::string& key, const std::string& fallback) const {
  return has(key) ? text(key) : fallback;
}

char yaml_section::character_or(const std::string& key, char fallback) const {
  if (!has(key))
    return fallback;
  const auto value = text(key);
  if (value == "tab" || value == "\\t")
    return '\t';
  if (value.size() != 1)
    fail(child(key), "'" + key + "' must be one character, or tab");
  return value.front();
}

bool yaml_section::flag_or(const std::string& key, bool fallback) const {
  if (!has(key))
    return fallback;
  bool flag = false;
  if (!YAML::convert<bool>::decode(child(key), flag))
    fail(child(key), "'" + key + "' must be yes or no");
  return flag;
}

std::vector<std::string> yaml_section::texts(const std::string& key) const {
  std::vector<std::string> out;
  if (!has(key))
    return out;
  if (!child(key).IsSequence())
    fail(child(key), "'" + key + "' must be a list");
  for (const auto& item : child(key))
    out.push_back(scalar(item, file_, "each of '" + key + "'"));
  return out;
}

void yaml_section::fail(const YAML::Node& at, const std::string& what) const {
  fail_at(at, file_, what);
}

void yaml_section::fail(const std::string& what) const {
  fail_at(node_, file_, what);
}

} // namespace cxstream::sources
