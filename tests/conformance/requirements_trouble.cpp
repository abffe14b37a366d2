// A target that is away, slow, asks for a pause, has a hiccup, forgets who we are, or loses its answers; and a
// connector that holds events back by itself.
#include "conformance/handover.hpp"
#include "conformance/requirements.hpp"

#include <algorithm>

namespace cxstream::conformance {

namespace {

using namespace std::chrono_literals;

// Neither delivered nor given up: the node will try again.
bool comes_again(const outcomes& got) {
  return !got.empty() && std::ranges::none_of(got, [](const auto& o) { return ports::is_final(o.result); });
}

// `result` for the first event of each ticket, skipped for what is behind it.
bool first_are(const outcomes& got, const events& what, delivery_result result) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < what.size(); ++i) {
    const auto expected = seen.insert(what[i].ticket_id).second ? result : delivery_result::skipped;
    if (i >= got.size() || got[i].result != expected)
      return false;
  }
  return true;
}

constexpr std::string_view in_time = "a call ends within the timeouts of its configuration";

} // namespace

void check_away(world& w, judge& j) {
  if (!w.begin({trouble_kind::away}))
    return j.not_here(w.cannot(trouble_kind::away));
  log_of_events log;
  const auto target = w.connect();
  if (const auto done = target->open(); !done)
    j.expect(done.err().code == base::error_code::unavailable, "an absent target is unavailable to open()");
  const auto what = interleaved(log, tickets(3), 2);
  const auto got = hand_over_in_time(w, *target, what);
  if (j.expect(got.has_value(), in_time))
    j.expect(first_are(*got, what, delivery_result::unreachable), "an absent target is unreachable; " + text_of(*got));
  w.end();
}

void check_comes_back(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  const auto before = interleaved(log, tickets(3), 2);
  j.expect(all_are(hand_over(w, *target, before), delivery_result::delivered), "a healthy target takes all");
  if (!w.begin({trouble_kind::away}))
    return j.not_here(w.cannot(trouble_kind::away));
  const auto during = interleaved(log, tickets(3), 2);
  j.expect(hand_over_in_time(w, *target, during).has_value(), in_time);
  w.end();
  const auto got = hand_over_in_time(w, *target, during);
  if (!j.expect(got.has_value(), in_time))
    return;
  j.expect(all_are(*got, delivery_result::delivered),
           "the same instance delivers when the target is back; " + text_of(*got));
  auto all = before;
  all.insert(all.end(), during.begin(), during.end());
  j.expect(holds_once(w, all), "nothing is missing and nothing doubled after the target was away");
}

void check_slow(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  j.expect(all_are(hand_over(w, *target, {log.add("T0")}), delivery_result::delivered), "a healthy target takes all");
  if (!w.begin({trouble_kind::slow}))
    return j.not_here(w.cannot(trouble_kind::slow));
  const auto event = log.add("T1");
  const auto got = hand_over_in_time(w, *target, {event});
  w.end();
  if (!j.expect(got.has_value(), in_time))
    return;
  j.expect(comes_again(*got), "what was not answered in time comes again; " + text_of(*got));
  const auto again = hand_over_in_time(w, *target, {event});
  j.expect(again && all_are(*again, delivery_result::delivered), "and is delivered then");
}

void check_throttled(world& w, judge& j) {
  if (!w.begin({trouble_kind::throttling, {}, 7s}))
    return j.not_here(w.cannot(trouble_kind::throttling));
  log_of_events log;
  const auto target = opened(w, j);
  const auto before = w.requests();
  const auto what = interleaved(log, tickets(w.traits().batch_events_max * 2 + 1), 1);
  const auto got = hand_over_in_time(w, *target, what);
  const auto after = w.requests();
  w.end();
  if (!j.expect(got.has_value(), in_time))
    return;
  j.expect(first_are(*got, what, delivery_result::throttled),
           "a target that asks for a pause throttles; " + text_of(*got));
  for (const auto& o : *got)
    j.expect(!w.tells_retry_after() || o.retry_after == 7s, "the pause is as long as the target says");
  j.expect(!before || *after - *before <= 1, "nothing more is tried in the call");
  w.pass(longest_pause(*got).value_or(1min));
  const auto again = hand_over_in_time(w, *target, what);
  j.expect(again && all_are(*again, delivery_result::delivered), "after the pause it is delivered");
}

void check_failing(world& w, judge& j) {
  if (!w.begin({trouble_kind::failing, "T1"}))
    return j.not_here(w.cannot(trouble_kind::failing));
  log_of_events log;
  const auto target = opened(w, j);
  const events bad{log.add("T1"), log.add("T1")};
  const auto got = hand_over_in_time(w, *target, bad);
  if (j.expect(got.has_value(), in_time))
    j.expect(first_are(*got, bad, delivery_result::transient), "what may pass later is transient; " + text_of(*got));
  const auto others = interleaved(log, {"T0", "T2"}, 1);
  j.expect(all_are(hand_over(w, *target, others), delivery_result::delivered), "other tickets pass meanwhile");
  w.end();
  j.expect(all_are(hand_over(w, *target, bad), delivery_result::delivered), "the ticket passes later");
  j.expect(holds_once(w, bad), "and is there once");
}

void check_expired(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  j.expect(all_are(hand_over(w, *target, {log.add("T0")}), delivery_result::delivered), "a healthy target takes all");
  if (!w.begin({trouble_kind::expired}))
    return j.not_here(w.cannot(trouble_kind::expired));
  const auto what = interleaved(log, tickets(3), 1);
  auto got = hand_over_in_time(w, *target, what);
  w.end();
  if (!j.expect(got.has_value(), in_time))
    return;
  const bool renewed = all_are(*got, delivery_result::delivered);
  j.expect(renewed || comes_again(*got), "credentials that count no more condemn no event; " + text_of(*got));
  if (!renewed)
    got = hand_over_in_time(w, *target, what);
  j.expect(got && all_are(*got, delivery_result::delivered), "with good credentials the same instance delivers");
  j.expect(holds_once(w, what), "each event once");
}

void check_deferred(world& w, judge& j) {
  if (!w.holds_back())
    return j.not_here("it holds nothing back by its own choice");
  log_of_events log;
  const auto target = opened(w, j);
  events all;
  bool held_back = false;
  for (const auto& call : {events{log.add("D0")}, events{log.add("D1")}}) {
    all.insert(all.end(), call.begin(), call.end());
    const auto first = target->deliver(call, w.now());
    j.expect(!first.empty() && std::ranges::all_of(first,
                                                   [](const auto& o) {
                                                     return o.result == delivery_result::delivered ||
                                                            o.result == delivery_result::deferred;
                                                   }),
             "what the connector holds back is deferred, and nothing else; " + text_of(first));
    for (const auto& o : first) {
      if (o.result != delivery_result::deferred)
        continue;
      held_back = true;
      j.expect(o.retry_after && *o.retry_after > 0ms && *o.retry_after <= 24h, "what is deferred says for how long");
      w.pass(o.retry_after.value_or(1min));
    }
    if (all_are(first, delivery_result::delivered))
      continue;
    const auto later = hand_over(w, *target, call);
    j.expect(all_are(later, delivery_result::delivered), "when its time has come it is delivered; " + text_of(later));
  }
  j.expect(held_back, "the world says that something is held back");
  j.expect(holds_once(w, all), "what was held back is there, once");
}

void check_lost_answer(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  if (!w.begin({trouble_kind::losing_answers}))
    return j.not_here(w.cannot(trouble_kind::losing_answers));
  const auto what = interleaved(log, tickets(2), 1);
  const auto got = hand_over_in_time(w, *target, what);
  w.end();
  if (!j.expect(got.has_value(), in_time))
    return;
  j.expect(comes_again(*got), "without an answer nothing is delivered or given up; " + text_of(*got));
  const auto again = hand_over_in_time(w, *target, what);
  j.expect(again && all_are(*again, delivery_result::delivered), "the repeat is delivered");
  j.expect(holds_once(w, what), "and leaves each event once at the target, or under the same mark");
}

} // namespace cxstream::conformance
