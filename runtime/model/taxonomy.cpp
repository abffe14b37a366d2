#include "model/taxonomy.hpp"

#include "model/fold_text.hpp"

#include <algorithm>

namespace cxstream::model {

namespace {

folded key_of(std::string_view text) noexcept {
  return {trimmed(text), folded::words::as_written};
}

} // namespace

bool taxonomy::map_tag(std::string_view pattern, std::string_view canonical_tag) {
  const auto key = key_of(pattern);
  auto text = key.view();
  if (!text.ends_with('*'))
    return exact_.try_emplace(std::string(text), std::string(trimmed(canonical_tag))).second;
  text.remove_suffix(1);
  longest_prefix_ = std::max(longest_prefix_, text.size());
  return prefixes_.try_emplace(std::string(text), std::string(trimmed(canonical_tag))).second;
}

bool taxonomy::set_driver(std::string_view canonical_tag, std::string_view driver) {
  return drivers_.try_emplace(std::string(key_of(canonical_tag).view()), std::string(trimmed(driver))).second;
}

void taxonomy::set_default_tag(std::string_view canonical_tag) {
  default_tag_ = trimmed(canonical_tag);
}

void taxonomy::set_default_driver(std::string_view driver) {
  default_driver_ = trimmed(driver);
}

const std::string* taxonomy::canonical_tag(std::string_view raw_tag) const {
  const auto key = key_of(raw_tag);
  if (key.view().empty())
    return nullptr;
  if (const auto found = exact_.find(key.view()); found != exact_.end())
    return &found->second;
  if (prefixes_.empty())
    return nullptr;
  for (auto length = std::min(key.view().size(), longest_prefix_) + 1; length-- > 0;)
    if (const auto found = prefixes_.find(key.view().substr(0, length)); found != prefixes_.end())
      return &found->second;
  return nullptr;
}

const std::string* taxonomy::driver(std::string_view canonical_tag) const {
  if (const auto found = drivers_.find(key_of(canonical_tag).view()); found != drivers_.end())
    return &found->second;
  return default_driver_ ? &*default_driver_ : nullptr;
}

} // namespace cxstream::model
