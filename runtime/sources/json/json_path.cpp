#include "sources/json/json_path.hpp"

#include "sources/json/json_document.hpp"
#include "sources/text_marks.hpp"

#include <algorithm>
#include <charconv>

namespace cxstream::sources {

namespace {

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_in_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9');
}

std::string_view take_name(std::string_view& rest) {
  std::size_t size = 0;
  while (size < rest.size() && (size == 0 ? begins_name(rest[size]) : is_in_name(rest[size])))
    ++size;
  const auto name = rest.substr(0, size);
  rest.remove_prefix(size);
  return name;
}

// A quoted name; false when it is none, or has what only jq knows (an interpolation).
bool take_quoted(std::string_view& rest, std::string& out) {
  if (!rest.starts_with('"'))
    return false;
  std::size_t end = 1;
  while (end < rest.size() && rest[end] != '"')
    end += rest[end] == '\\' ? 2 : 1;
  if (end >= rest.size())
    return false;
  json_document quoted;
  if (!quoted.parse(rest.substr(0, end + 1)))
    return false;
  out = quoted.root().text;
  rest.remove_prefix(end + 1);
  return true;
}

} // namespace

bool json_path::take_step(std::string_view& rest, step& out) {
  const auto has_dot = rest.starts_with('.');
  if (has_dot)
    rest.remove_prefix(1);
  if (rest.starts_with('[')) {
    rest.remove_prefix(1);
    if (rest.starts_with(']')) {
      out.what = step::kind::items;
    } else if (!take_quoted(rest, out.name)) {
      const auto [stop, code] = std::from_chars(rest.data(), rest.data() + rest.size(), out.index);
      if (code != std::errc())
        return false;
      out.what = step::kind::index;
      rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
    }
    if (!rest.starts_with(']'))
      return false;
    rest.remove_prefix(1);
  } else if (!has_dot) {
    return false;
  } else if (!take_quoted(rest, out.name)) {
    out.name = take_name(rest);
    if (out.name.empty())
      return false;
  }
  while (rest.starts_with('?')) // what is not there is no error anyway
    rest.remove_prefix(1);
  return true;
}

std::optional<json_path> json_path::parse(std::string_view expression) {
  const auto begin = std::min(expression.find_first_not_of(blanks), expression.size());
  auto rest = expression.substr(begin, expression.find_last_not_of(blanks) - begin + 1);
  json_path path;
  for (const auto& [word, where] : {std::pair{std::string_view("$payload"), root::payload},
                                    std::pair{std::string_view("$headers"), root::headers}}) {
    if (rest.starts_with(word) && (rest.size() == word.size() || !is_in_name(rest[word.size()]))) {
      path.root_ = where;
      rest.remove_prefix(word.size());
      break;
    }
  }
  if (path.root_ == root::record && !rest.starts_with('.'))
    return std::nullopt;
  if (rest == ".")
    return path.root_ == root::record ? std::optional(path) : std::nullopt;
  // jq reads ".[" as one step at the beginning only; later a dot before a bracket is an error that jq shall explain.
  for (bool is_first = path.root_ == root::record; !rest.empty(); is_first = false) {
    if (!is_first && rest.starts_with(".["))
      return std::nullopt;
    step next;
    if (!take_step(rest, next))
      return std::nullopt;
    path.is_spread_ = path.is_spread_ || next.what == step::kind::items;
    path.steps_.push_back(std::move(next));
  }
  return path;
}

std::optional<std::vector<std::optional<std::string>>> json_path::forward_steps() const {
  std::vector<std::optional<std::string>> out;
  for (const auto& one : steps_) {
    if (one.what == step::kind::index)
      return std::nullopt;
    out.push_back(one.what == step::kind::items ? std::nullopt : std::optional(one.name));
  }
  return root_ == root::record ? std::optional(out) : std::nullopt;
}

cell json_path::advance(const cell& from, const step& by) {
  if (from.kind == cell_kind::null)
    return from;
  if (by.what == step::kind::member && from.kind == cell_kind::object) {
    const auto* found = member(from, by.name);
    return found == nullptr ? cell{} : *found;
  }
  if (by.what == step::kind::index && from.kind == cell_kind::list) {
    const auto place = by.index < 0 ? by.index + static_cast<long>(from.size) : by.index;
    return place >= 0 && place < static_cast<long>(from.size) ? from.first[place] : cell{};
  }
  return {};
}

void json_path::gather(cell from, std::size_t at, spread& out) const {
  for (; at < steps_.size() && from.kind != cell_kind::absent; ++at) {
    if (steps_[at].what != step::kind::items) {
      from = advance(from, steps_[at]);
      continue;
    }
    // An array that is there and empty, or null in its place, can clear a field; one that is not there says nothing.
    out.is_there = out.is_there || from.kind == cell_kind::list || from.kind == cell_kind::null;
    if (from.kind == cell_kind::list || from.kind == cell_kind::object)
      for (const auto& item : from.items())
        gather(item, at + 1, out);
    return;
  }
  if (from.kind != cell_kind::absent)
    out.values.push_back(from);
}

cell json_path::find(const json_roots& roots, cell_arena& arena) const {
  const auto* begin = root_ == root::record ? roots.record : root_ == root::payload ? roots.payload : roots.headers;
  if (begin == nullptr)
    return {};
  if (!is_spread_) {
    auto found = *begin;
    for (const auto& by : steps_)
      found = advance(found, by);
    return found;
  }
  spread out;
  gather(*begin, 0, out);
  return out.values.empty() && !out.is_there ? cell{} : arena.keep(cell_kind::several, out.values);
}

} // namespace cxstream::sources
