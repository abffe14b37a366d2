#include "sources/xml/element_path.hpp"

#include "sources/text_marks.hpp"

namespace cxstream::sources {

namespace {

bool take(std::string_view& rest, std::string_view word) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  if (!rest.starts_with(word))
    return false;
  rest.remove_prefix(word.size());
  return true;
}

// A name as XML has it, roughly: what is no letter of XPath's own language.
std::string_view take_name(std::string_view& rest) {
  const auto name = rest.substr(0, rest.find_first_of("/[]()@*'\"=|<>+,$! \t\r\n"));
  rest.remove_prefix(name.size());
  return name;
}

} // namespace

std::optional<element_path::step> element_path::take_step(std::string_view& rest) {
  step out;
  if (!take(rest, "*")) {
    out.name = take_name(rest);
    const auto is_plain = !out.name.empty() && out.name[0] != '.' && out.name.find("::") == std::string::npos;
    return is_plain ? std::optional(out) : std::nullopt;
  }
  if (!take(rest, "["))
    return out;
  out.is_local = true;
  if (!take(rest, "local-name") || !take(rest, "(") || !take(rest, ")") || !take(rest, "="))
    return std::nullopt;
  const auto quote = take(rest, "'") ? "'" : take(rest, "\"") ? "\"" : "";
  out.name = take_name(rest);
  if (*quote == 0 || out.name.empty() || !take(rest, quote) || !take(rest, "]"))
    return std::nullopt;
  return out;
}

std::optional<element_path> element_path::parse(std::string_view xpath) {
  auto rest = xpath.substr(0, xpath.find_last_not_of(blanks) + 1);
  element_path path;
  if (take(rest, ".//")) {
    path.is_anywhere_ = true;
    path.above_ = 1;
  } else if (take(rest, "//")) {
    path.is_anywhere_ = true;
  } else if (!take(rest, "/")) {
    take(rest, "./");
    path.above_ = 1;
  }
  do {
    auto next = take_step(rest);
    if (!next)
      return std::nullopt;
    path.steps_.push_back(*std::move(next));
  } while (take(rest, "/"));
  return rest.empty() ? std::optional(path) : std::nullopt;
}

bool element_path::names(std::span<const std::string> open) const {
  const auto enough = above_ + steps_.size();
  if (is_anywhere_ ? open.size() < enough : open.size() != enough)
    return false;
  open = open.last(steps_.size());
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    std::string_view name = open[i];
    if (steps_[i].is_local)
      name.remove_prefix(name.find(':') + 1); // npos + 1 is 0
    if (!steps_[i].name.empty() && steps_[i].name != name)
      return false;
  }
  return true;
}

} // namespace cxstream::sources
