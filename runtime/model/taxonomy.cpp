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
  const auto text = key.view();
  if (text.find('*') == text.npos)
    return exact_.try_emplace(std::string(text), std::string(trimmed(canonical_tag))).second;
  glob parsed(text);
  target to{std::string(trimmed(canonical_tag)), patterns_};
  if (parsed.is_beginning()) {
    const std::string beginning(parsed.pattern(), 0, parsed.literals());
    longest_prefix_ = std::max(longest_prefix_, beginning.size());
    if (!prefixes_.try_emplace(beginning, std::move(to)).second)
      return false;
  } else {
    if (std::ranges::any_of(globs_, [&](const auto& g) { return g.pattern.pattern() == parsed.pattern(); }))
      return false;
    const auto place =
        std::ranges::find_if(globs_, [&](const auto& g) { return g.pattern.literals() < parsed.literals(); });
    globs_.insert(place, {std::move(parsed), std::move(to)});
  }
  ++patterns_;
  return true;
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

const std::pair<const std::string, taxonomy::target>* taxonomy::longest_beginning(std::string_view key) const {
  if (prefixes_.empty())
    return nullptr;
  for (auto length = std::min(key.size(), longest_prefix_) + 1; length-- > 0;)
    if (const auto found = prefixes_.find(key.substr(0, length)); found != prefixes_.end())
      return &*found;
  return nullptr;
}

const std::string* taxonomy::canonical_tag(std::string_view raw_tag) const {
  const auto key = key_of(raw_tag);
  if (key.view().empty())
    return nullptr;
  if (const auto found = exact_.find(key.view()); found != exact_.end())
    return &found->second;
  const auto* beginning = longest_beginning(key.view());
  for (const auto& [pattern, to] : globs_) {
    if (beginning != nullptr && (pattern.literals() < beginning->first.size() ||
                                 (pattern.literals() == beginning->first.size() && to.place > beginning->second.place)))
      break; // neither this one nor any after it goes before the beginning
    if (pattern.matches(key.view()))
      return &to.canonical_tag;
  }
  return beginning == nullptr ? nullptr : &beginning->second.canonical_tag;
}

const std::string* taxonomy::driver(std::string_view canonical_tag) const {
  if (const auto found = drivers_.find(key_of(canonical_tag).view()); found != drivers_.end())
    return &found->second;
  return default_driver_ ? &*default_driver_ : nullptr;
}

bool taxonomy::has_own_driver(std::string_view canonical_tag) const {
  return drivers_.contains(key_of(canonical_tag).view());
}

} // namespace cxstream::model
