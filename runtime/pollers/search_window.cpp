#include "pollers/search_window.hpp"

#include <algorithm>

namespace cxstream::pollers {

namespace {

using base::error_code;

// A page was looked up at most so long before its answer is read here.
constexpr std::chrono::seconds answer_age_max{60};

// The newest time of a page that must be in order.
base::result<std::int64_t> newest_in_order(const std::vector<std::optional<std::int64_t>>& changed_us) {
  std::int64_t newest = 0;
  for (std::size_t i = 0; i < changed_us.size(); ++i) {
    if (!changed_us[i])
      return base::error{error_code::malformed, "record " + std::to_string(i + 1) +
                                                    " of the page does not say when it was changed, so that the next "
                                                    "page cannot be asked for"};
    if (*changed_us[i] < newest)
      return base::error{error_code::malformed, "record " + std::to_string(i + 1) +
                                                    " of the page is older than the one before it: the vendor does not "
                                                    "keep the order that was asked for"};
    newest = *changed_us[i];
  }
  return newest;
}

void end_pass(v1::PollCursor& cursor, const window_policy& policy, base::timestamp now) {
  // What is indexed late turns up behind the pages that were read before; it can't be older than the pass less the lag
  // of the index. A record dated into the future must not hide those that are changed before that time comes, either.
  auto reached = std::min(cursor.newest_us(), cursor.pass_began_us());
  if (policy.rule == window_rule::look_twice) {
    const auto before = cursor.last_pass_us();
    cursor.set_last_pass_us(std::min(cursor.newest_us(), base::to_us(now)));
    reached = before;
  }
  if (reached > 0)
    cursor.set_since_us(reached - policy.overlap.count());
  cursor.clear_page();
  cursor.clear_pass_began_us();
}

} // namespace

base::result<page_end> move_past(v1::PollCursor& cursor, const std::vector<std::optional<std::int64_t>>& changed_us,
                                 const std::string& next, const window_policy& policy, base::timestamp now) {
  if (cursor.pass_began_us() == 0)
    cursor.set_pass_began_us(base::to_us(now - answer_age_max));
  for (const auto& time : changed_us)
    cursor.set_newest_us(std::max(cursor.newest_us(), time.value_or(0)));
  if (policy.rule != window_rule::move_window) {
    if (next.empty()) {
      end_pass(cursor, policy, now);
      return page_end::caught_up;
    }
    cursor.set_page(next);
    return page_end::more;
  }
  const auto newest = newest_in_order(changed_us);
  if (!newest)
    return newest.err();
  if (next.empty()) {
    end_pass(cursor, policy, now);
    return page_end::caught_up;
  }
  if (const auto edge = std::min(*newest, base::to_us(now)) - policy.tick.count(); edge > cursor.since_us()) {
    cursor.set_since_us(edge);
    cursor.clear_page();
  } else {
    cursor.set_page(next);
  }
  return page_end::more;
}

} // namespace cxstream::pollers
