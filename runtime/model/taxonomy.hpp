// Taxonomy: raw tag → canonical tag → driver. A plain value, immutable once built, shared by every stream; config/
// load_taxonomy.hpp reads it from YAML. ASCII letters compare without case.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cxstream::model {

class taxonomy {
public:
  // No taxonomy: gives no tag and no driver, and has no version.
  taxonomy() = default;
  explicit taxonomy(std::string version) : version_(std::move(version)) {
  }

  // All texts are kept without space around them; none may be empty, or longer than 256 bytes.
  // A pattern is a raw tag, or the beginning of raw tags followed by "*". False when the pattern is already mapped.
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
  // Canonical tag of a raw tag: the exact one, else that of the longest pattern that fits; null when unknown.
  const std::string* canonical_tag(std::string_view raw_tag) const;
  // Driver of a canonical tag, or the default driver; null when there is neither.
  const std::string* driver(std::string_view canonical_tag) const;
  const std::string* default_tag() const {
    return default_tag_ ? &*default_tag_ : nullptr;
  }
  // Number of raw tags and patterns.
  std::size_t size() const {
    return exact_.size() + prefixes_.size();
  }

private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using table = std::unordered_map<std::string, std::string, text_hash, std::equal_to<>>;

  std::string version_;
  table exact_;                                              // lower-case raw tag → canonical tag
  std::map<std::string, std::string, std::less<>> prefixes_; // lower-case beginning → canonical tag
  std::size_t longest_prefix_ = 0;
  table drivers_; // lower-case canonical tag → driver
  std::optional<std::string> default_tag_;
  std::optional<std::string> default_driver_;
};

} // namespace cxstream::model
