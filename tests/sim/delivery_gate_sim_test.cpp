// Seeded runs of delivery_gate with a moody target (delivery_gate_world), judged by delivery_gate_checker; floors on
// what the runs reached; and mutants that the checker must catch. CXSTREAM_SIM_SEEDS sets the number of seeds.
#include "sim/delivery_gate_world.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cxstream::sim {
namespace {

using namespace protocols;
using ports::delivery_result;

constexpr std::uint64_t default_seeds = 1'500;

std::uint64_t seeds() {
  const auto* given = std::getenv("CXSTREAM_SIM_SEEDS");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : default_seeds;
}

// What broke under this seed; empty when nothing did.
std::string run(std::uint64_t seed, const delivery_gate_mutant* mutant, delivery_gate_tally& tally) {
  try {
    delivery_gate_world world{seed, mutant};
    world.run();
    tally.add(world.tally());
  } catch (const broken_promise& e) {
    return e.what();
  }
  return {};
}

TEST(DeliveryGateSim, KeepsItsPromisesWhateverTheTargetDoes) {
  delivery_gate_tally tally;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed)
    ASSERT_EQ(run(seed, nullptr, tally), "") << "seed " << seed;
  if (seeds() < default_seeds)
    return; // the floors are for the default
  EXPECT_GE(tally.offered, 100'000u);
  EXPECT_GE(tally.calls, 100'000u);
  EXPECT_GE(tally.merged, 5'000u);
  EXPECT_GE(tally.openings, 20'000u);
  EXPECT_GE(tally.closings, 3'000u);
  EXPECT_GE(tally.probes, 20'000u);
  EXPECT_GE(tally.throttles, 20'000u);
  EXPECT_GE(tally.unreachable, 20'000u);
  EXPECT_GE(tally.spent, 10'000u);
  EXPECT_GE(tally.skipped, 50'000u);
  EXPECT_GE(tally.withdrawn, 2'000u);
  EXPECT_GE(tally.refused, 20'000u);
  EXPECT_GE(tally.affine, 20'000u);
  EXPECT_GE(tally.background, 5'000u);
  EXPECT_GE(tally.budgets_spent, 1'000u);
  EXPECT_GE(tally.rate_waits, 5'000u);
  EXPECT_GE(tally.shrunk, 50'000u);
}

std::vector<delivery_gate_mutant> mutants() {
  using namespace std::chrono_literals;
  const auto with_first_event = [](auto change) {
    return [change](gate_effects& fx, dice&) {
      if (!fx.answers.empty())
        change(fx.answers.front().events.front());
    };
  };
  return {
      {"loses an answer",
       [](gate_effects& fx, dice& d) {
         if (!fx.answers.empty() && d.chance(0.1))
           fx.answers.pop_back();
       },
       {}},
      {"answers twice",
       [](gate_effects& fx, dice&) {
         if (!fx.answers.empty())
           fx.answers.push_back(fx.answers.front());
       },
       {}},
      {"loses a call",
       [](gate_effects& fx, dice& d) {
         if (!fx.calls.empty() && d.chance(0.1))
           fx.calls.pop_back();
       },
       {}},
      {"calls twice",
       [](gate_effects& fx, dice&) {
         if (!fx.calls.empty())
           fx.calls.push_back({fx.calls.front().id + 1'000'000, fx.calls.front().events});
       },
       {}},
      {"turns a call around",
       [](gate_effects& fx, dice&) {
         for (auto& call : fx.calls)
           call.events =
               std::make_shared<const std::vector<ports::delivery>>(call.events->rbegin(), call.events->rend());
       },
       {}},
      {"calls a failure a delivery",
       with_first_event([](settled_event& e) {
         if (e.outcome.result == delivery_result::transient)
           e.outcome.result = delivery_result::delivered;
       }),
       {}},
      {"calls a delivery a failure",
       with_first_event([](settled_event& e) {
         if (e.outcome.result == delivery_result::delivered)
           e.outcome.result = delivery_result::transient;
       }),
       {}},
      {"lets a fault of the target out",
       with_first_event([](settled_event& e) {
         if (e.outcome.result == delivery_result::skipped)
           e.outcome.result = delivery_result::unreachable;
       }),
       {}},
      {"spends attempts while the target is down",
       with_first_event([](settled_event& e) {
         if (e.outcome.result == delivery_result::skipped)
           e.outcome.result = delivery_result::transient;
       }),
       {}},
      {"mixes positions up", with_first_event([](settled_event& e) { e.position += 1; }), {}},
      {"does not wait", {}, 10s},
      {"locks one account twice", {}, {}, delivery_gate_mutant::owner::forgets_affinity},
      {"sends a ticket twice in one call", {}, {}, delivery_gate_mutant::owner::forgets_doubles},
      {"ignores the rate", {}, {}, delivery_gate_mutant::owner::forgets_rate},
      {"ignores the budget", {}, {}, delivery_gate_mutant::owner::forgets_budget},
  };
}

TEST(DeliveryGateSim, TheCheckerCatchesEveryMutant) {
  for (const auto& mutant : mutants()) {
    delivery_gate_tally tally;
    std::uint64_t seed = 1;
    while (seed <= seeds() && run(seed, &mutant, tally).empty())
      ++seed;
    EXPECT_LE(seed, seeds()) << "not caught: " << mutant.name;
  }
}

} // namespace
} // namespace cxstream::sim
