#include "connectors/postgres/failure.hpp"

namespace cxstream::connectors::postgres {

// Classes as in the appendix "PostgreSQL Error Codes" of its manual. What is not known is taken to be the server's
// fault: events then wait instead of becoming dead letters by the million.
fault fault_of(std::string_view sqlstate) noexcept {
  const auto of_class = sqlstate.substr(0, 2);
  if (of_class == "40") // serialization_failure, deadlock_detected
    return fault::collision;
  if (of_class == "22" || of_class == "23" || of_class == "44" || sqlstate.starts_with("54000"))
    return fault::row;     // data exception, constraint, view's check option, index row or tuple too large
  if (sqlstate == "P0001") // raised by somebody's trigger
    return fault::row;
  return fault::away;
}

} // namespace cxstream::connectors::postgres
