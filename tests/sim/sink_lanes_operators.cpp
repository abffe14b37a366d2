// What operators do in the sink_lanes simulation.
#include "sim/sink_lanes_world.hpp"

#include <iterator>

namespace cxstream::sim {

void sink_lanes_world::requeue() {
  if (!flush() || disk_.dead.empty())
    return;
  const auto dead = std::next(disk_.dead.begin(), static_cast<std::ptrdiff_t>(dice_.below(disk_.dead.size())));
  const auto offset = dead->first;
  const auto& event = checker_.at(offset);
  const bool newer_delivered = checker_.newer_delivered(disk_, event);
  const bool superseded = newer_delivered || checker_.newer_in_flight(event);
  const bool allow_older = dice_.chance(0.4);
  if (dice_.chance(0.7))
    checker_.heal(offset);
  call([&](auto& fx) {
    const auto result =
        machine_->requeue({event.ticket, base::log_offset{offset}, newer_delivered, allow_older, event.late}, now_, fx);
    if ((result == protocols::requeue_result::refused_superseded) != (superseded && !allow_older))
      throw broken_promise("P3, a requeue was judged wrongly: " + event.bytes());
    if (result == protocols::requeue_result::accepted)
      checker_.requeued(offset);
    tally_.requeued += result == protocols::requeue_result::accepted ? 1 : 0;
    tally_.requeued_older += result == protocols::requeue_result::accepted && superseded ? 1 : 0;
    tally_.refused_superseded += result == protocols::requeue_result::refused_superseded ? 1 : 0;
  });
}

void sink_lanes_world::discard() {
  if (!flush() || disk_.dead.empty())
    return;
  const auto offset = disk_.dead.begin()->first;
  checker_.discarded(offset);
  ++tally_.discarded;
  call([&](auto& fx) { machine_->discard(base::log_offset{offset}, fx); });
}

// Any events of the history, in its order.
void sink_lanes_world::replay() {
  std::vector<protocols::replay_event> events;
  for (const auto& event : checker_.history)
    if (event.wanted && disk_.waiting.count({event.ticket, event.offset}) == 0 && !disk_.dead.contains(event.offset) &&
        dice_.chance(0.2))
      events.push_back(
          {base::log_offset{event.offset}, base::ticket_sequence{event.sequence}, event.ticket, event.bytes()});
  call([&](auto& fx) {
    for (const auto fate : machine_->replay(events, now_, fx)) {
      tally_.replayed += fate == protocols::replay_fate::taken ? 1 : 0;
      tally_.replays_busy += fate == protocols::replay_fate::busy ? 1 : 0;
    }
  });
}

void sink_lanes_world::seek() {
  if (!flush())
    return;
  const auto next = dice_.below(log_end_ + 1);
  const auto kept = std::distance(disk_.dead.begin(), disk_.dead.lower_bound(next));
  seek_unwritten_ = next;
  ++tally_.seeks;
  call([&](auto& fx) {
    machine_->seek(base::log_offset{next}, checker_.events_below(next), static_cast<std::uint64_t>(kept), now_, fx);
  });
  if (seek_unwritten_)
    flush();
}

void sink_lanes_world::operate() {
  switch (dice_.below(7)) {
    case 6:
      return flush() ? replay() : void();
    case 0:
    case 1:
      return requeue();
    case 2:
      return dice_.chance(0.3) ? discard() : void();
    case 3:
      return dice_.chance(0.2) ? seek() : void();
    case 4:
      ++tally_.pauses;
      return machine_->pause();
    default:
      return append(dice_.between(0, 30));
  }
}

} // namespace cxstream::sim
