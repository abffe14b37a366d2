// search_window: how the cursor of a search moves: records changed after `since`, oldest change first, a page at a
// time. Pure.
//
// Pages shift under the reader: a record that changes moves to the end, and those behind it move up. So a page counted
// by number would skip one. Three ways around it:
//  - follow_marks: the vendor's mark is the place of the last record, not a number; nothing is skipped.
//  - move_window: after each page the window begins anew just before that page's newest record; marks serve only within
//    one tick of the clock. It also passes vendors' limits on how deep a search may be paged.
//  - look_twice: neither helps, as the order is not known. The window moves on only to where the pass before this one
//    ended, so that each span is read by two passes.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "pollers/poll_dialect.hpp"

#include "cxstream/v1/poll.pb.h"

#include <optional>
#include <string>
#include <vector>

namespace cxstream::pollers {

enum class window_rule : std::uint8_t { follow_marks, move_window, look_twice };

struct window_policy {
  window_rule rule = window_rule::follow_marks;
  base::duration tick{std::chrono::seconds{1}};     // precision of the vendor's times
  base::duration overlap{std::chrono::seconds{60}}; // how long a change may take to show up in the search
};

// One page: when its records were changed (nothing where that cannot be read), in its order, and the mark of the next
// page, empty on the last. Errors: malformed (move_window: the order is not what was asked for, or a time is missing).
base::result<page_end> move_past(v1::PollCursor& cursor, const std::vector<std::optional<std::int64_t>>& changed_us,
                                 const std::string& next, const window_policy& policy, base::timestamp now);

} // namespace cxstream::pollers
