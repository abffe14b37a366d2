// What a selector finds in a record, and what a document is made of: one type for every format. Plain values; the views
// belong to an arena, a document or a row and live as long as these say.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cxstream::sources {

enum class cell_kind : unsigned char {
  absent,  // not there: the event says nothing
  null,    // there, and said to be nothing
  text,    // as it is
  number,  // `text` as it is written
  boolean, // `text` is true or false
  list,    // one value that is an array: `items`
  several, // an expression gave more than one value: `items`
  object,  // `items` are its members, each with its name
  failed,  // the expression failed on this record: `text` says why
};

struct cell {
  cell_kind kind = cell_kind::absent;
  std::uint32_t size = 0;
  const cell* first = nullptr;
  std::string_view text;
  std::string_view name; // of a member of an object

  std::span<const cell> items() const {
    return {first, size};
  }
  bool is_single() const {
    return kind == cell_kind::text || kind == cell_kind::number || kind == cell_kind::boolean;
  }
};

inline cell text_cell(std::string_view text) {
  return {cell_kind::text, 0, nullptr, text, {}};
}

inline cell failed_cell(std::string_view why) {
  return {cell_kind::failed, 0, nullptr, why, {}};
}

// The member of that name; of several the last, as jq has it. Null when `of` has none.
inline const cell* member(const cell& of, std::string_view name) {
  for (auto i = of.size; i-- > 0;) {
    if (of.first[i].name == name)
      return of.first + i;
  }
  return nullptr;
}

} // namespace cxstream::sources
