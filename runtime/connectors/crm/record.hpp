// One event as the record of a customer relations system: the key that finds the record there, and the fields to write.
// Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cxstream::connectors {

// monostate empties the field.
using crm_value = std::variant<std::monostate, std::string, double, std::uint64_t, bool>;

struct crm_record {
  std::size_t event = 0; // its place in the deliver() call
  std::string key;       // the ticket, as the target knows it
  std::string group;     // records of one group lock each other at the target (the account); may be empty
  // Name at the target and value, in the order of the projection. A field that the event does not have is not there,
  // and stays as it is at the target.
  std::vector<std::pair<std::string_view, crm_value>> fields;
};

} // namespace cxstream::connectors
