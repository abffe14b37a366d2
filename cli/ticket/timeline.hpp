// A ticket's history told as changes: what each event changed, from what to what. Folds as the node folds, so that a
// late event shows what it really did. Pure.
#pragma once

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <map>
#include <string>
#include <vector>

namespace cxstream::cli {

struct field_change {
  std::string field;
  std::string before; // empty: there was none
  std::string after;  // empty: it was cleared
};

// The fields of a state that have a value, as text: status, sentiment ("negative, -0.5"), custom_metrics.x …
std::map<std::string, std::string> field_texts(const v1::TicketState& state);

class timeline {
public:
  // The next event, in ticket_sequence order; tells what it changed, by field name.
  std::vector<field_change> add(const v1::CanonicalEvent& event);

private:
  v1::TicketState state_;
};

} // namespace cxstream::cli
