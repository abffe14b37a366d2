// One YAML mapping being read: typed values by key, unknown and repeated keys found, every mistake collected with its
// line. Internal to config, like yaml_document.hpp.
#pragma once

#include "config/diagnostics.hpp"
#include "config/interpolate.hpp"
#include "config/yaml_document.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::config {

// What reading needs everywhere.
struct reading {
  diagnostics& found;
  const environment* variables; // null: values are taken as they stand
};

// Inclusive bounds of a number.
template <class T>
struct range {
  T min;
  T max;
};

// A scalar's text after interpolation, or nothing and a finding. `what` names it in messages.
std::optional<std::string> scalar_text(const YAML::Node& node, const std::string& what, reading in);

class section {
public:
  struct entry {
    std::string key;
    int line;
    YAML::Node value;
    bool taken = false;
  };

  // `path` names the section in messages ("storage", "sinks[2].retry"); empty for the top. A node that is null or is
  // not there is an empty section; one that is no mapping is a finding.
  section(const YAML::Node& node, std::string path, reading in);

  // Each reads one key into `out`, which keeps its value when the key is absent or wrong.
  void text(std::string_view key, std::string& out);
  // A name that must be there: letters, digits, "-", "_" and ".", at most 64.
  void identifier(std::string_view key, std::string& out);
  void choice(std::string_view key, std::string& out, std::span<const std::string_view> allowed);
  void flag(std::string_view key, bool& out);
  void real(std::string_view key, double& out, range<double> allowed);
  template <std::unsigned_integral T>
  void number(std::string_view key, T& out, range<T> allowed) {
    auto value = static_cast<std::uint64_t>(out);
    whole(key, value, {allowed.min, allowed.max});
    out = static_cast<T>(value);
  }
  template <std::unsigned_integral T>
  void size(std::string_view key, T& out, range<T> allowed) {
    auto value = static_cast<std::uint64_t>(out);
    bytes(key, value, {allowed.min, allowed.max});
    out = static_cast<T>(value);
  }
  // A duration; one kept in seconds must be whole seconds.
  void duration(std::string_view key, std::chrono::milliseconds& out, range<std::chrono::milliseconds> allowed);
  void duration(std::string_view key, std::chrono::seconds& out, range<std::chrono::seconds> allowed);

  // Something a second: "200/s" (also /m, /h), and the same of bytes: "10MiB/s".
  void rate(std::string_view key, double& out);
  void byte_rate(std::string_view key, double& out);

  // The value of a key as it stands; null when absent.
  YAML::Node child(std::string_view key);
  // Texts of a list of scalars; a single scalar counts as a list of one.
  std::vector<std::string> texts(std::string_view key);

  bool has(std::string_view key) const;
  // Line of a key, or of the section when the key is absent.
  int line(std::string_view key) const;
  // "storage.partitions"
  std::string name(std::string_view key) const;
  void wrong(std::string_view key, const std::string& what);

  // Keys that were asked for so far.
  std::span<const std::string_view> known() const {
    return known_;
  }
  // Entries that nobody asked for.
  std::vector<entry> rest() const;
  // Finds fault with the rest. Call when everything was asked for.
  void finish();

private:
  entry* find(std::string_view key);
  // The text of a present scalar.
  std::optional<std::string> take(std::string_view key);
  void whole(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed);
  void bytes(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed);

  std::vector<entry> entries_;
  std::string path_;
  int line_ = 0;
  reading in_;
  std::vector<std::string_view> known_;
};

} // namespace cxstream::config
