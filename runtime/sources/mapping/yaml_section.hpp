// A map in a YAML file whose keys are known: reading it finds misspelt and missing keys, and every error names file and
// line. Private to the mapping loader.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace cxstream::sources {

// Ends in load.cpp, as a result.
class mapping_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class yaml_section {
public:
  // Throws mapping_error when `node` is no map or has a key that is not in `keys`.
  yaml_section(const YAML::Node& node, std::string file, std::string name, const std::vector<std::string>& keys);

  bool has(const std::string& key) const;
  YAML::Node child(const std::string& key) const;
  std::string text(const std::string& key) const; // must be there
  std::string text_or(const std::string& key, const std::string& fallback) const;
  char character_or(const std::string& key, char fallback) const;
  bool flag_or(const std::string& key, bool fallback) const;
  std::vector<std::string> texts(const std::string& key) const; // empty when not there

  [[noreturn]] void fail(const YAML::Node& at, const std::string& what) const;
  [[noreturn]] void fail(const std::string& what) const;
  const std::string& file() const {
    return file_;
  }

private:
  YAML::Node node_;
  std::string file_;
  std::string name_;
  std::map<std::string, YAML::Node> children_;
};

// Line of a node, from 1.
int line_of(const YAML::Node& node);
// A scalar's text. Throws mapping_error when it is none.
std::string scalar(const YAML::Node& node, const std::string& file, const std::string& what);
[[noreturn]] void fail_at(const YAML::Node& node, const std::string& file, const std::string& what);

} // namespace cxstream::sources
