#include "sources/json/jq_values.hpp"

#include "sources/json/json_document.hpp"

#include <charconv>
#include <cmath>
#include <vector>

namespace cxstream::sources {

namespace {

constexpr double exact_max = 9'007'199'254'740'992.0; // 2^53

jv text_jv(std::string_view text) {
  return jv_string_sized(text.data() == nullptr ? "" : text.data(), static_cast<int>(text.size()));
}

jv number_jv(std::string_view text) {
  double number = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto is_whole = text.find_first_of(".eE") == std::string_view::npos;
  if (code != std::errc() || (is_whole && std::abs(number) >= exact_max))
    return text_jv(text);
  return jv_number(number);
}

std::string_view number_text(double number, cell_arena& arena) {
  char digits[64];
  const auto is_whole = std::trunc(number) == number && std::abs(number) <= exact_max;
  const auto end = is_whole ? std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(number)).ptr
                            : std::to_chars(digits, digits + sizeof digits, number).ptr;
  return arena.keep({digits, static_cast<std::size_t>(end - digits)});
}

std::string_view jv_text(jv value) {
  return {jv_string_value(value), static_cast<std::size_t>(jv_string_length_bytes(jv_copy(value)))};
}

cell tree_of(jv value, std::size_t depth, cell_arena& arena);

cell list_of(jv value, std::size_t depth, cell_arena& arena) {
  std::vector<cell> items;
  jv_array_foreach(value, i, item) {
    items.push_back(tree_of(item, depth + 1, arena));
    if (items.back().kind == cell_kind::failed)
      return items.back();
  }
  return arena.keep(cell_kind::list, items);
}

cell object_of(jv value, std::size_t depth, cell_arena& arena) {
  std::vector<cell> members;
  for (auto at = jv_object_iter(value); jv_object_iter_valid(value, at); at = jv_object_iter_next(value, at)) {
    const auto key = jv_object_iter_key(value, at);
    members.push_back(tree_of(jv_object_iter_value(value, at), depth + 1, arena));
    members.back().name = arena.keep(jv_text(key));
    jv_free(key);
    if (members.back().kind == cell_kind::failed)
      return members.back();
  }
  return arena.keep(cell_kind::object, members);
}

// Consumes the value.
cell tree_of(jv value, std::size_t depth, cell_arena& arena) {
  cell out{cell_kind::null, 0, nullptr, {}, {}};
  const auto kind = jv_get_kind(value);
  if (depth > json_depth_max)
    out = failed_cell("the expression gives a value that is nested too deeply");
  else if (kind == JV_KIND_TRUE || kind == JV_KIND_FALSE)
    out = {cell_kind::boolean, 0, nullptr, kind == JV_KIND_TRUE ? "true" : "false", {}};
  else if (kind == JV_KIND_NUMBER && std::isfinite(jv_number_value(value)))
    out = {cell_kind::number, 0, nullptr, number_text(jv_number_value(value), arena), {}};
  else if (kind == JV_KIND_STRING)
    out = text_cell(arena.keep(jv_text(value)));
  else if (kind == JV_KIND_ARRAY)
    out = list_of(value, depth, arena);
  else if (kind == JV_KIND_OBJECT)
    out = object_of(value, depth, arena);
  jv_free(value);
  return out;
}

} // namespace

jv to_jv(const cell& tree) {
  switch (tree.kind) {
    case cell_kind::text:
      return text_jv(tree.text);
    case cell_kind::number:
      return number_jv(tree.text);
    case cell_kind::boolean:
      return jv_bool(tree.text == "true" ? 1 : 0);
    case cell_kind::list:
    case cell_kind::several: {
      auto out = jv_array_sized(static_cast<int>(tree.size));
      for (const auto& item : tree.items())
        out = jv_array_append(out, to_jv(item));
      return out;
    }
    case cell_kind::object: {
      auto out = jv_object();
      for (const auto& item : tree.items())
        out = jv_object_set(out, text_jv(item.name), to_jv(item));
      return out;
    }
    default:
      return jv_null();
  }
}

cell from_jv(jv value, cell_arena& arena) {
  return tree_of(value, 0, arena);
}

std::string_view message_of(jv failure, cell_arena& arena) {
  auto message = jv_invalid_get_msg(failure);
  if (jv_get_kind(message) != JV_KIND_STRING)
    message = jv_dump_string(message, 0);
  const auto kept = arena.keep(jv_text(message));
  jv_free(message);
  return kept;
}

} // namespace cxstream::sources
