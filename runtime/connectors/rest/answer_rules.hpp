// What the answers of an API mean, where it has its own opinion of statuses. Pure.
#pragma once

#include "base/result.hpp"
#include "connectors/http/authorized_call.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxstream::connectors::rest {

// Statuses: "404 409 500-599", separated by spaces or commas.
class status_set {
public:
  // Errors: invalid_argument.
  static base::result<status_set> of(std::string_view text);
  bool has(int status) const;

private:
  std::vector<std::pair<int, int>> ranges_;
};

struct answer_rules {
  status_set delivered;
  status_set permanent;
  status_set transient;
  status_set throttled;
  status_set unreachable;
  // For APIs that answer 200 and mean something else: a value in the answer's JSON (by JSON pointer) that a success
  // has.
  std::string success_pointer; // empty: none
  std::string success_value;   // as text: "true", "ok", "0"
};

// The rules' word on the answer; what they do not name is as answer_outcome.hpp says, but 401 and 403 are the
// credentials' matter and not the event's (unreachable). A success that does not have what it should have is permanent.
ports::delivery_outcome outcome_under(const answer_rules& rules, const http_exchange& said);

} // namespace cxstream::connectors::rest
