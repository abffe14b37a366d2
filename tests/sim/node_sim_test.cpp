// Seeded runs of a whole node (node_world) with crashes, power failures, a failing disk and failing targets, judged by
// node_checker; floors on what the runs reached; and mutants that must be caught. CXSTREAM_SIM_SEEDS sets the number of
// seeds; CXSTREAM_SIM_SEED runs one of them alone.
#include "sim/node_world.hpp"
#include "sim/sink_lanes_checker.hpp" // broken_promise

#include "cxstream/v1/storage.pb.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cxstream::sim {
namespace {

using ports::durability;
using ports::family;
using ports::write_batch;

constexpr std::uint64_t seeds_default = 60;

std::uint64_t number(const char* variable, std::uint64_t otherwise) {
  const auto* given = std::getenv(variable);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

std::uint64_t seeds() {
  return number("CXSTREAM_SIM_SEEDS", seeds_default);
}

// What broke under this seed; empty when nothing did.
std::string run(std::uint64_t seed, const node_mutant* mutant, node_tally& tally) {
  try {
    node_world world{seed, mutant};
    world.run();
    tally.add(world.tally());
  } catch (const broken_promise& e) {
    return e.what();
  }
  return {};
}

TEST(NodeSim, KeepsItsPromisesThroughCrashesPowerFailuresAndABrokenDisk) {
  node_tally tally;
  if (const auto alone = number("CXSTREAM_SIM_SEED", 0); alone != 0) {
    EXPECT_EQ(run(alone, nullptr, tally), "");
    return;
  }
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed)
    ASSERT_EQ(run(seed, nullptr, tally), "") << "seed " << seed;
  if (seeds() < seeds_default)
    return; // the floors are for the default
  EXPECT_GE(tally.accepted, 3'000u);
  EXPECT_GE(tally.duplicates, 1'200u);
  EXPECT_GE(tally.conflicts, 300u);
  EXPECT_GE(tally.rejected, 140u);
  EXPECT_GE(tally.late, 1'200u);
  EXPECT_GE(tally.crashes, 80u);
  EXPECT_GE(tally.power_failures, 40u);
  EXPECT_GE(tally.disk_failures, 70u);
  EXPECT_GE(tally.failed_streams, 130u);
  EXPECT_GE(tally.target_failures, 2'400u);
  EXPECT_GE(tally.away, 1'500u);
  EXPECT_GE(tally.retries, 700u);
  EXPECT_GE(tally.taken_again, 2'300u);
  EXPECT_GE(tally.requeued, 35u);
  EXPECT_GE(tally.refused, 150u);
  EXPECT_GE(tally.discarded, 45u);
  EXPECT_GE(tally.proofs, 220u);
  EXPECT_GE(tally.pauses, 170u);
  EXPECT_GE(tally.consumer_left, 190u);
  EXPECT_GE(tally.consumer_refused, 90u);
}

TEST(NodeSim, TheSameSeedGivesTheSameRun) {
  const auto trace = [](std::uint64_t seed) {
    node_world world{seed};
    world.run();
    return world.trace();
  };
  EXPECT_EQ(trace(7), trace(7));
  EXPECT_NE(trace(7), trace(8));
}

// The batch with its puts changed, or left out where the change says no.
template <class Change>
write_batch rewritten(const write_batch& batch, Change change) {
  write_batch out;
  for (auto op : batch.operations()) {
    if (op.what == write_batch::kind::erase)
      out.erase(op.where, op.key);
    else if (op.what == write_batch::kind::erase_range)
      out.erase_range(op.where, op.key, op.value);
    else if (change(op))
      out.put(op.where, op.key, op.value);
  }
  return out;
}

auto loses(family where, double chance) {
  return [=](write_batch& batch, durability&, dice& d) {
    if (d.chance(chance))
      batch = rewritten(batch, [&](const auto& op) { return op.where != where; });
  };
}

// Tickets come back from the disk without the fingerprints of their events.
void forgets_fingerprints(write_batch& batch, durability&, dice&) {
  batch = rewritten(batch, [](auto& op) {
    v1::TicketSnapshot snapshot;
    if (op.where != family::tickets || !snapshot.ParseFromString(op.value))
      return true;
    for (auto& low : *snapshot.mutable_open_run()->mutable_key_hash_low())
      low = 0;
    op.value = snapshot.SerializeAsString();
    return true;
  });
}

std::vector<node_mutant> mutants() {
  return {
      {"loses a log write", loses(family::log, 0.05)},
      {"loses a history write", loses(family::history, 0.05)},
      {"loses ticket states", loses(family::tickets, 0.3)},
      {"loses the cursors of sinks", loses(family::cursors, 0.3)},
      {"loses waiting events", loses(family::waiting, 0.3)},
      {"loses dead letters", loses(family::dead_letters, 0.5)},
      {"counts as applied what is not", loses(family::applied, 0.5)},
      {"does not sync",
       [](write_batch&, durability& how, dice&) {
         if (how == durability::synced)
           how = durability::buffered;
       }},
      {"keeps derived data in no order",
       [](write_batch& batch, durability& how, dice& d) {
         if (how == durability::derived && d.chance(0.5) && !batch.operations().empty() &&
             batch.operations().front().where != family::history)
           how = durability::buffered;
       }},
      {"forgets fingerprints", forgets_fingerprints},
      {"a target that lies", {}, true},
      {"a target that turns its calls around", {}, false, true},
      {"a source that is told too early", {}, false, false, true},
  };
}

TEST(NodeSim, TheCheckerCatchesEveryMutant) {
  for (const auto& mutant : mutants()) {
    node_tally tally;
    std::uint64_t seed = 1;
    while (seed <= seeds_default && run(seed, &mutant, tally).empty())
      ++seed;
    EXPECT_LE(seed, seeds_default) << "not caught: " << mutant.name;
  }
}

} // namespace
} // namespace cxstream::sim
