// Columns out of a line of JSON, by dotted paths. Pure; owned by one thread.
#pragma once

#include "base/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

// A path such as "ticket.id" or "tags.0": members of objects, or places in arrays from 0. A member whose own name has
// dots is found too, where no shorter member fits.
class json_row {
public:
  explicit json_row(const std::vector<std::string>& paths);
  ~json_row();
  json_row(const json_row&) = delete;
  json_row& operator=(const json_row&) = delete;

  // Replaces the values by those of `line`, which must be one JSON object. Errors: malformed, with the place in the
  // line.
  base::result<void> parse(std::string_view line);

  // Texts as they are, numbers as written, true and false; arrays of such values joined by array_separator. Empty for
  // null, objects, other arrays, and what is not there. Views are valid until the next call of parse().
  const std::vector<std::optional<std::string_view>>& cells() const {
    return cells_;
  }

private:
  struct document;
  std::vector<std::string> paths_;
  std::vector<std::optional<std::string_view>> cells_;
  std::vector<std::string> texts_; // of values that had to be put together
  std::unique_ptr<document> document_;
};

} // namespace cxstream::sources
