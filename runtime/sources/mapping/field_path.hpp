// A field of the canonical event by its name in the contract, such as "status" or "sentiment.score". Plain values.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/event.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

class field_path {
public:
  // A field that a mapping can set from one text: texts, numbers, times, and the parts of signals ("sentiment" alone
  // means its label). Errors: invalid_argument, with the names there are.
  static base::result<field_path> find(std::string_view name);

  // All of these, by their full names, in the order of the contract; without what only the pipeline or the mapper
  // writes.
  static std::vector<std::string> names();

  // Sets the field from text. Errors: invalid_argument (no number where there must be one).
  // Precondition: not is_time().
  base::result<void> set(v1::CanonicalEvent& event, std::string_view text) const;

  bool is_time() const;
  // The name by which `cleared` empties it; empty when it cannot be emptied by itself ("ticket_id", "sentiment.score").
  std::string cleared_name() const;
  const std::string& name() const {
    return name_;
  }

private:
  std::string name_;
  std::vector<const google::protobuf::FieldDescriptor*> steps_;
};

// A whole number without sign. Errors: invalid_argument.
base::result<std::uint64_t> parse_count(std::string_view text);
// A decimal number. Errors: invalid_argument.
base::result<double> parse_number(std::string_view text);

} // namespace cxstream::sources
