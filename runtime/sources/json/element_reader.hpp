// The records of a JSON file of any size, as texts: the values that a path leads to, one after another, while the
// document passes by. RapidJSON reads every value and name; only the brackets, commas and colons of the arrays and
// objects on the way to the records are read here, so that one record can be handed out before the next is read. Owned
// by one thread; memory is that of one record.
//
// Invariants:
//  1. Every byte of the file is checked to be JSON, in UTF-8; the first that is not ends the file.
//  2. Several documents can follow one another when each begins on a line of its own.
#pragma once

#include "sources/input/byte_input.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace cxstream::sources {

// A longer record is refused; the rest of the file is read.
inline constexpr std::size_t json_record_bytes_max = 1u << 20u;
// A longer text or number, or longer blanks, end the file.
inline constexpr std::size_t json_token_bytes_max = 16u << 20u;

struct json_element {
  std::string text; // of one that is too long: its beginning
  bool is_too_long = false;
  std::uint64_t line = 0;   // where it begins, from 1
  std::uint64_t column = 0; // from 1, in bytes
};

class json_element_reader {
public:
  // Members' names, and every item of an array or object where empty. An array at its end is the list of its records,
  // also where the path does not say so.
  using path = std::vector<std::optional<std::string>>;

  json_element_reader(byte_input input, path to_records);
  ~json_element_reader();

  // False at the end. Errors: io; malformed, with line and column; invalid_argument (the path leads nowhere).
  base::result<bool> next(json_element& out);
  const byte_input& input() const;

private:
  class value_handler;
  struct reading;
  struct container {
    std::size_t
        place; // steps that lead to it; one more than all of them: its items are records, though no step says so
    bool is_array;
    bool is_empty = true; // so far
  };

  base::result<bool> step(json_element& out);
  base::result<bool> after_document(json_element& out);
  base::result<bool> take_value(std::size_t place, json_element& out);
  base::result<void> take_name(std::size_t& place);
  base::result<void> parse(json_element* record);
  void skip_blanks();
  bool splits_array() const {
    return steps_.empty() || steps_.back().has_value();
  }
  base::error fault(const std::string& what);

  path steps_;
  std::vector<container> open_;
  std::unique_ptr<reading> reading_;
  bool has_document_ = false;
  bool has_arrived_ = false; // at what the path leads to
  bool is_done_ = false;
};

} // namespace cxstream::sources
