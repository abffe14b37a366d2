// Opening, closing, positions, and instances side by side.
#include "conformance/handover.hpp"
#include "conformance/requirements.hpp"

#include <algorithm>
#include <future>

namespace cxstream::conformance {

namespace {

// Where a partition is, or nothing.
std::optional<std::uint64_t> position_of(ports::target& target, std::uint16_t partition, judge& j) {
  const auto all = target.positions();
  if (!j.expect(bool(all), "positions() answers after open()"))
    return std::nullopt;
  for (const auto& at : *all)
    if (at.partition.value == partition)
      return at.next_offset.value;
  return std::nullopt;
}

} // namespace

void check_close(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  const auto before = interleaved(log, tickets(3), 1);
  j.expect(all_are(hand_over(w, *target, before), delivery_result::delivered), "a healthy target takes all");
  target->close();
  target->close();
  j.expect(holds_once(w, before), "closing loses nothing");
  const auto reopened = target->open();
  j.expect(bool(reopened), "what was closed can be opened again");
  const auto after = interleaved(log, tickets(3), 1);
  j.expect(all_are(hand_over(w, *target, after), delivery_result::delivered), "and delivers");
  auto all = before;
  all.insert(all.end(), after.begin(), after.end());
  j.expect(holds_once(w, all), "each event once");
}

void check_positions(world& w, judge& j) {
  log_of_events log;
  auto target = opened(w, j);
  const auto fresh = position_of(*target, 3, j);
  if (!w.traits().keeps_position) {
    j.expect(all_are(hand_over(w, *target, interleaved(log, tickets(3), 1)), delivery_result::delivered),
             "a healthy target takes all");
    j.expect(target->positions() && target->positions()->empty(), "a target that keeps no position tells none");
    return;
  }
  j.expect(fresh.value_or(0) == 0, "a new target has nothing");
  auto some = interleaved(log, tickets(4), 1);
  j.expect(all_are(hand_over(w, *target, some), delivery_result::delivered), "a healthy target takes all");
  target->close();
  target = opened(w, j);
  j.expect(position_of(*target, 3, j) == 4u, "the position is behind the last of what was delivered");
  auto next = interleaved(log, tickets(2), 1);
  next[0] = unreadable(next[0]);
  next.pop_back();
  (void)hand_over(w, *target, next);
  target->close();
  target = opened(w, j);
  j.expect(position_of(*target, 3, j).value_or(0) <= 4u, "an event that was not delivered is not behind the position");
}

void check_traits(world& w, judge& j) {
  const auto traits = w.traits();
  if (!j.expect(traits.batch_events_max >= 1 && traits.concurrency >= 1, "an instance takes at least one event"))
    return;
  const auto instances = std::min<std::size_t>(traits.concurrency, 4);
  log_of_events log;
  std::vector<std::unique_ptr<ports::target>> targets;
  std::vector<events> shares;
  for (std::size_t i = 0; i < instances; ++i) {
    targets.push_back(opened(w, j));
    shares.push_back(interleaved(log, {"A" + std::to_string(i), "B" + std::to_string(i)}, 20));
  }
  std::vector<std::future<bool>> running;
  for (std::size_t i = 0; i < instances; ++i)
    running.push_back(std::async(std::launch::async, [&, i] {
      return all_are(hand_over(w, *targets[i], shares[i]), delivery_result::delivered);
    }));
  for (auto& one : running)
    j.expect(one.get(), "instances side by side deliver what they are given");
  for (const auto& share : shares)
    j.expect(holds_once(w, share), "and each event is there once");
}

} // namespace cxstream::conformance
