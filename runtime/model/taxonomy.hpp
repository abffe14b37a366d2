// Taxonomy: raw tag → canonical tag → driver. A plain value, immutable once built, shared by every stream; config/
// load_taxonomy.hpp reads it from YAML. ASCII letters compare without case.
//
// Which pattern a raw tag goes by: the tag itself where it is mapped; else, of the patterns with "*" that fit, the one
// with the most characters that are no "*"; of equal ones the one that was mapped first. Tags and beginnings ("bill*")
// are looked up in tables; other patterns are tried one after another, and only those that could go before the
// beginning that was found.
#pragma once

#include "model/glob.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::model {

class taxonomy {
public:
  // No taxonomy: gives no tag and no driver, and has no version.
  taxonomy() = default;
  explicit taxonomy(std::string version) : version_(std::move(version)) {
  }

  // All texts are kept without space around them; none may be empty, or longer than 256 bytes.
  // A pattern is a raw tag, in which each "*" stands for any text. False when the pattern is already mapped.
  bool map_tag(std::string_view pattern, std::string_view canonical_tag);
  // False when the canonical tag already has a driver.
  bool set_driver(std::string_view canonical_tag, std::string_view driver);
  // Given to events that have raw tags, all of them unknown.
  void set_default_tag(std::string_view canonical_tag);
  // Given to canonical tags without a driver of their own.
  void set_default_driver(std::string_view driver);

  const std::string& version() const {
    return version_;
  }
  // Canonical tag of a raw tag; null when unknown.
  const std::string* canonical_tag(std::string_view raw_tag) const;
  // Canonical tag of an event: that of the first raw tag that is known; the default when there are raw tags, all
  // unknown; null when there is neither.
  template <class Texts>
  const std::string* tag_of(const Texts& raw_tags) const {
    for (const auto& raw : raw_tags)
      if (const auto* tag = canonical_tag(raw))
        return tag;
    return std::empty(raw_tags) ? nullptr : default_tag();
  }
  // Driver of a canonical tag, or the default driver; null when there is neither.
  const std::string* driver(std::string_view canonical_tag) const;
  // Whether the canonical tag has a driver of its own.
  bool has_own_driver(std::string_view canonical_tag) const;
  const std::string* default_tag() const {
    return default_tag_ ? &*default_tag_ : nullptr;
  }
  // Number of raw tags and patterns.
  std::size_t size() const {
    return exact_.size() + patterns_;
  }

private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  template <class Value>
  using table = std::unordered_map<std::string, Value, text_hash, std::equal_to<>>;
  struct target {
    std::string canonical_tag;
    std::size_t place; // among the patterns with "*", as they were mapped
  };
  struct ranked_glob {
    glob pattern;
    target to;
  };

  const std::pair<const std::string, target>* longest_beginning(std::string_view key) const;

  std::string version_;
  table<std::string> exact_;                            // lower-case raw tag → canonical tag
  std::map<std::string, target, std::less<>> prefixes_; // lower-case beginning → canonical tag
  std::size_t longest_prefix_ = 0;
  std::vector<ranked_glob> globs_; // patterns that are no beginnings; those that go before first
  std::size_t patterns_ = 0;
  table<std::string> drivers_; // lower-case canonical tag → driver
  std::optional<std::string> default_tag_;
  std::optional<std::string> default_driver_;
};

} // namespace cxstream::model
