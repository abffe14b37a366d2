// Order, repeats, and what a batch does to its events.
#include "conformance/handover.hpp"
#include "conformance/requirements.hpp"

#include <algorithm>

namespace cxstream::conformance {

namespace {

// Three tickets, of which T1's second event cannot be sent.
struct broken_ticket {
  events what;
  std::size_t broken = 0;

  explicit broken_ticket(log_of_events& log) : what(interleaved(log, tickets(3), 4)) {
    broken = 4; // T1's second
    what[broken] = unreadable(what[broken]);
  }
  bool is_behind(std::size_t i) const {
    return i > broken && what[i].ticket_id == what[broken].ticket_id;
  }
};

} // namespace

void check_order(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  for (int call = 0; call < 5; ++call)
    j.expect(all_are(hand_over(w, *target, interleaved(log, tickets(6), 5)), delivery_result::delivered),
             "a healthy target takes all");
  const auto held = sequences(w.held());
  j.expect(held.size() == 6, "every ticket arrives");
  for (const auto& [ticket, got] : held) {
    j.expect(std::ranges::is_sorted(got), "the events of a ticket arrive in ticket_sequence order");
    j.expect(got.back() == 25 && (w.keeps() == keeping::state || got.size() == 25), "none of them is missing");
  }
}

void check_nothing_behind_a_failure(world& w, judge& j) {
  log_of_events log;
  const broken_ticket b(log);
  const auto target = opened(w, j);
  const auto got = hand_over(w, *target, b.what);
  const auto held = w.held();
  for (std::size_t i = 0; i < std::min(got.size(), b.what.size()); ++i) {
    if (!b.is_behind(i))
      continue;
    j.expect(got[i].result == delivery_result::skipped,
             "what comes behind a failure of its ticket is skipped; " + text_of(got));
    j.expect(times_held(w, held, b.what[i]) == 0, "what was skipped is not there");
  }
}

void check_skip_has_cause(world& w, judge& j) {
  log_of_events log;
  const broken_ticket b(log);
  const auto target = opened(w, j);
  auto got = hand_over(w, *target, b.what);
  for (std::size_t i = 0; i < std::min(got.size(), b.what.size()); ++i)
    j.expect(got[i].result != delivery_result::skipped || b.is_behind(i),
             "only what is behind a failure is skipped; " + text_of(got));
  if (!w.begin({trouble_kind::away}))
    return;
  const auto lost = hand_over_in_time(w, *target, interleaved(log, tickets(4), 1)).value_or(outcomes{});
  j.expect(std::ranges::none_of(lost, [](const auto& o) { return o.result == delivery_result::skipped; }),
           "the first of a ticket has nothing to be skipped behind; " + text_of(lost));
  w.end();
}

void check_repeat(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  const auto some = interleaved(log, tickets(3), 2);
  j.expect(all_are(hand_over(w, *target, some), delivery_result::delivered), "a healthy target takes all");
  const auto again = hand_over(w, *target, some);
  j.expect(all_are(again, delivery_result::delivered), "what the target has is delivered; " + text_of(again));
  target->close();
  const auto successor = opened(w, j);
  j.expect(all_are(hand_over(w, *successor, some), delivery_result::delivered), "also for another instance");
  j.expect(holds_once(w, some), "a repeat leaves each event once at the target, or under the same mark");
}

void check_only_if_newer(world& w, judge& j) {
  if (!w.traits().guards_regress)
    return j.not_here("its traits do not say that it writes only if newer");
  log_of_events log;
  const auto target = opened(w, j);
  auto older = log.add("T1");
  const auto newer = log.add("T1");
  j.expect(all_are(hand_over(w, *target, {newer}), delivery_result::delivered), "a healthy target takes all");
  older.allow_older = true;
  const auto got = hand_over(w, *target, {older});
  j.expect(all_are(got, delivery_result::delivered), "an older event is taken without harm; " + text_of(got));
  const auto current = w.current_sequence("T1");
  j.expect(current == newer.sequence.value, "an older event overwrites nothing newer");
}

void check_batch_limit(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  const auto size = std::min<std::size_t>(w.traits().batch_events_max * 2 + 3, 10'000);
  const auto many = interleaved(log, tickets(size), 1);
  const auto got = hand_over(w, *target, many);
  j.expect(all_are(got, delivery_result::delivered), "a call may carry more than a batch; " + text_of(got));
  j.expect(w.held().size() == many.size(), "all of a large call arrives");
  if (const auto limit = w.request_events_max())
    j.expect(w.largest_request() <= *limit, "no request carries more events than the target takes");
}

void check_one_bad_record(world& w, judge& j) {
  log_of_events log;
  auto some = interleaved(log, tickets(9), 1);
  const bool refuses = !w.answers_for_all() && w.begin({trouble_kind::refusing, "T4"});
  if (!refuses)
    some[4] = unreadable(some[4]);
  const auto target = opened(w, j);
  const auto got = hand_over(w, *target, some);
  const auto held = w.held();
  for (std::size_t i = 0; i < std::min(got.size(), some.size()); ++i) {
    j.expect(i == 4 || got[i].result == delivery_result::delivered, "one bad record spoils no other; " + text_of(got));
    j.expect(times_held(w, held, some[i]) == (i == 4 ? 0u : 1u), "the good ones are there once, the bad one is not");
  }
}

} // namespace cxstream::conformance
