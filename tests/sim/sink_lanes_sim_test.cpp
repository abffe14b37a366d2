// Seeded runs of sink_lanes with crashes, failing targets and meddling operators (sink_lanes_world), judged by
// sink_lanes_checker; floors on what the runs reached; and mutants that the checker must catch.
// CXSTREAM_SIM_SEEDS sets the number of seeds.
#include "sim/sink_lanes_world.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cxstream::sim {
namespace {

using namespace protocols;

std::uint64_t seeds() {
  const auto* given = std::getenv("CXSTREAM_SIM_SEEDS");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 2'000;
}

// What broke under this seed; empty when nothing did.
std::string run(std::uint64_t seed, const sink_lanes_mutant* mutant, sink_lanes_tally& tally) {
  try {
    sink_lanes_world world{seed, mutant};
    world.run();
    tally.add(world.tally());
  } catch (const broken_promise& e) {
    return e.what();
  }
  return {};
}

TEST(SinkLanesSim, KeepsItsPromisesThroughCrashesFailuresAndOperators) {
  sink_lanes_tally tally;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed)
    ASSERT_EQ(run(seed, nullptr, tally), "") << "seed " << seed;
  if (seeds() < 2'000)
    return; // the floors are for the default
  EXPECT_GE(tally.events, 100'000u);
  EXPECT_GE(tally.crashes, 3'000u);
  EXPECT_GE(tally.retries, 10'000u);
  EXPECT_GE(tally.dead, 6'000u);
  EXPECT_GE(tally.waited, 25'000u);
  EXPECT_GE(tally.requeued, 1'500u);
  EXPECT_GE(tally.requeued_older, 300u);
  EXPECT_GE(tally.refused_superseded, 600u);
  EXPECT_GE(tally.discarded, 300u);
  EXPECT_GE(tally.seeks, 400u);
  EXPECT_GE(tally.pauses, 2'000u);
  EXPECT_GE(tally.replayed, 5'000u);
  EXPECT_GE(tally.replays_busy, 2'000u);
  EXPECT_GE(tally.coalesced, 10'000u);
  EXPECT_GE(tally.coalesced_waiting, 1'000u);
}

template <class Write>
Write* first(sink_effects& fx) {
  for (auto& write : fx.writes)
    if (auto* found = std::get_if<Write>(&write))
      return found;
  return nullptr;
}

template <class Write>
void drop_first(sink_effects& fx) {
  for (auto it = fx.writes.begin(); it != fx.writes.end(); ++it)
    if (std::holds_alternative<Write>(*it)) {
      fx.writes.erase(it);
      return;
    }
}

// Sends what has only just been put behind a lane.
void deliver_past_the_lane(sink_effects& fx, const sim_disk&, dice&) {
  if (fx.deliveries.empty())
    return;
  for (auto& write : fx.writes) {
    auto* put = std::get_if<put_waiting>(&write);
    if (put == nullptr || put->entry.attempts() > 0)
      continue;
    ports::delivery event;
    event.offset = put->offset;
    event.ticket_id = put->ticket_id;
    fx.deliveries.back().events.back() = std::move(event);
    return;
  }
}

std::vector<sink_lanes_mutant> mutants() {
  const auto with_cursor = [](auto change) {
    return [change](sink_effects& fx, const sim_disk&, dice&) {
      if (fx.cursor)
        change(*fx.cursor);
    };
  };
  using fx_t = sink_effects;
  return {
      {"loses a waiting event", [](fx_t& fx, const sim_disk&, dice&) { drop_first<put_waiting>(fx); }},
      {"keeps a waiting event that is done", [](fx_t& fx, const sim_disk&, dice&) { drop_first<erase_waiting>(fx); }},
      {"loses a dead letter", [](fx_t& fx, const sim_disk&, dice&) { drop_first<put_dead_letter>(fx); }},
      {"keeps a requeued dead letter", [](fx_t& fx, const sim_disk&, dice&) { drop_first<erase_dead_letter>(fx); }},
      {"keeps the lanes at a seek", [](fx_t& fx, const sim_disk&, dice&) { drop_first<erase_all_waiting>(fx); }},
      {"keeps dead letters that are read again",
       [](fx_t& fx, const sim_disk&, dice&) { drop_first<erase_dead_letters_from>(fx); }},
      {"delivers past a lane", deliver_past_the_lane},
      {"forgets to count a delivery",
       with_cursor([](v1::SinkCursor& c) { c.set_delivered(c.delivered() - (c.delivered() > 0 ? 1 : 0)); })},
      {"counts a filtered event as delivered", with_cursor([](v1::SinkCursor& c) {
         if (c.filtered() > 0) {
           c.set_filtered(c.filtered() - 1);
           c.set_delivered(c.delivered() + 1);
         }
       })},
      {"puts the cursor too far", with_cursor([](v1::SinkCursor& c) { c.set_next_offset(c.next_offset() + 1); })},
      {"forgets what is decided above the cursor", with_cursor([](v1::SinkCursor& c) { c.clear_decided_above(); })},
      {"does not give the account out",
       [](fx_t& fx, const sim_disk&, dice& d) {
         if (d.chance(0.2))
           fx.cursor.reset();
       }},
      {"tries again at once",
       [](fx_t& fx, const sim_disk&, dice&) {
         if (auto* put = first<put_waiting>(fx); put != nullptr && put->entry.attempts() > 0)
           put->entry.set_due_at_us(put->entry.due_at_us() - 3'600'000'000);
       }},
      {"does not count an attempt",
       [](fx_t& fx, const sim_disk&, dice&) {
         if (auto* put = first<put_waiting>(fx); put != nullptr && put->entry.attempts() > 1)
           put->entry.set_attempts(put->entry.attempts() - 1);
       }},
      {"sends another event's bytes",
       [](fx_t& fx, const sim_disk&, dice&) {
         if (!fx.deliveries.empty() && fx.deliveries.front().events.size() > 1)
           std::swap(fx.deliveries.front().events.front().event, fx.deliveries.front().events.back().event);
       }},
      {"turns a batch around",
       [](fx_t& fx, const sim_disk&, dice&) {
         for (auto& delivery : fx.deliveries)
           std::reverse(delivery.events.begin(), delivery.events.end());
       }},
      {"forgets what became of a replayed event", [](fx_t& fx, const sim_disk&, dice&) { fx.replays.clear(); }},
      {"replays past a lane",
       [](fx_t& fx, const sim_disk& disk, dice&) {
         if (!fx.deliveries.empty() && fx.deliveries.back().background && !disk.waiting.empty())
           fx.deliveries.back().events.back().ticket_id = disk.waiting.begin()->first.first;
       }},
      {"coalesces what nothing carries",
       [](fx_t& fx, const sim_disk&, dice&) {
         if (fx.cursor && fx.cursor->coalesced() > 0 && first<put_waiting>(fx) != nullptr) {
           drop_first<put_waiting>(fx);
           fx.cursor->set_coalesced(fx.cursor->coalesced() + 1);
           fx.cursor->set_waiting(fx.cursor->waiting() - 1);
         }
       }},
      {"forgets to count a coalesced event",
       with_cursor([](v1::SinkCursor& c) { c.set_coalesced(c.coalesced() - (c.coalesced() > 0 ? 1 : 0)); })},
      {"calls what was coalesced delivered", with_cursor([](v1::SinkCursor& c) {
         c.set_delivered(c.delivered() + c.coalesced());
         c.set_coalesced(0);
       })},
      {"lets late events win", {}, sink_lanes_mutant::owner::knows_no_lateness},
      {"coalesces where history is wanted", {}, sink_lanes_mutant::owner::always_coalesces},
      {"sends before it writes", {}, sink_lanes_mutant::owner::sends_before_writing},
      {"forgets the lanes at a restart", {}, sink_lanes_mutant::owner::forgets_lanes},
      {"never sends", [](fx_t& fx, const sim_disk&, dice&) { fx.deliveries.clear(); }},
      {"never loads", [](fx_t& fx, const sim_disk&, dice&) { fx.loads.clear(); }},
  };
}

TEST(SinkLanesSim, TheCheckerCatchesEveryMutant) {
  for (const auto& mutant : mutants()) {
    sink_lanes_tally tally;
    std::uint64_t seed = 1;
    while (seed <= seeds() && run(seed, &mutant, tally).empty())
      ++seed;
    EXPECT_LE(seed, seeds()) << "not caught: " << mutant.name;
  }
}

} // namespace
} // namespace cxstream::sim
