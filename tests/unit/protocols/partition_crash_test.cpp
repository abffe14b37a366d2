// A partition that crashes at any moment ends as one that never did: same decisions, sequences, history, tickets,
// letters.
#include "unit/protocols/partition_harness.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <map>

namespace cxstream::protocols {
namespace {

using google::protobuf::util::MessageDifferencer;
using ports::family;
using support::memory_store;

struct planned_batch {
  std::vector<log_entry> entries;
  base::timestamp committed_at;
};

std::vector<planned_batch> plan_of(std::uint64_t seed, std::mt19937_64& random) {
  support::event_maker maker(seed, 1 + random() % 12);
  std::vector<planned_batch> plan(20 + random() % 40);
  auto now = partition_harness::day_one();
  for (auto& batch : plan) {
    for (auto n = 1 + random() % 20; n > 0; --n)
      batch.entries.push_back(support::entry_of(maker.next()));
    batch.committed_at = now;
    now += std::chrono::seconds{random() % 200}; // some repeats come after the dedup window
  }
  return plan;
}

// Everything derived from the log, in a form that compares.
struct derived_data {
  std::map<std::string, std::string> history, index, accounts, letters;
  std::map<std::string, v1::TicketSnapshot> tickets; // maps inside: their bytes need not be equal
  partition_totals totals;
};

derived_data derived_of(partition_harness& p) {
  p.checkpoint();
  derived_data out{p.store.contents(family::history),
                   p.store.contents(family::ticket_index),
                   p.store.contents(family::accounts),
                   p.store.contents(family::dead_letters),
                   {},
                   p.it->totals()};
  for (const auto& [key, value] : p.store.contents(family::tickets))
    out.tickets[key].ParseFromString(value);
  return out;
}

void expect_same(const derived_data& a, const derived_data& b) {
  EXPECT_EQ(a.history, b.history);
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.accounts, b.accounts);
  EXPECT_EQ(a.letters, b.letters);
  EXPECT_EQ(a.totals.history, b.totals.history);
  EXPECT_EQ(a.totals.tickets, b.totals.tickets);
  EXPECT_EQ(a.totals.late, b.totals.late);
  EXPECT_EQ(a.totals.duplicates, b.totals.duplicates);
  EXPECT_EQ(a.totals.conflicts, b.totals.conflicts);
  ASSERT_EQ(a.tickets.size(), b.tickets.size());
  for (const auto& [key, snapshot] : a.tickets)
    ASSERT_TRUE(b.tickets.contains(key) && MessageDifferencer::Equals(snapshot, b.tickets.at(key)))
        << snapshot.DebugString() << b.tickets.at(key).DebugString();
}

class crashing_run {
public:
  crashing_run(std::mt19937_64& random, double crash_chance)
      : random_(random), crash_chance_(crash_chance), p_(1 + random() % 30) {
  }

  void run(const std::vector<planned_batch>& plan) {
    for (const auto& batch : plan) {
      maybe_crash();
      const auto first = p_.it->next_offset();
      p_.commit(batch.entries, batch.committed_at);
      if (maybe_crash()) { // committed, not applied
        ASSERT_EQ(p_.it->next_offset().value, first.value + batch.entries.size());
        continue;
      }
      p_.apply();
      maybe_crash();
      if (p_.it->wants_checkpoint() || random_() % 5 == 0)
        p_.checkpoint();
      if (random_() % 4 == 0)
        p_.store.flush(); // derived data up to here survives, later data does not
    }
  }
  partition_harness& harness() {
    return p_;
  }
  int crashes = 0;

private:
  bool maybe_crash() {
    if (static_cast<double>(random_() % 1'000) >= crash_chance_ * 1'000)
      return false;
    ++crashes;
    p_.crash(random_() % 2 == 0 ? memory_store::crash::process_dies : memory_store::crash::power_fails,
             random_() % (p_.store.unsynced() + 1));
    return true;
  }

  std::mt19937_64& random_;
  double crash_chance_;
  partition_harness p_;
};

TEST(PartitionCrash, ACrashAtAnyMomentChangesNothingInTheEnd) {
  std::uint64_t crashes = 0, conflicts = 0, late = 0, duplicates = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto plan = plan_of(seed, random);
    partition_harness calm(1'000'000);
    for (const auto& batch : plan) {
      calm.commit(batch.entries, batch.committed_at);
      calm.apply();
    }
    crashing_run rough(random, 0.02 + 0.3 * static_cast<double>(seed % 10) / 10);
    rough.run(plan);
    expect_same(derived_of(calm), derived_of(rough.harness()));
    if (testing::Test::HasFailure())
      return;
    crashes += static_cast<std::uint64_t>(rough.crashes);
    conflicts += calm.it->totals().conflicts;
    late += calm.it->totals().late;
    duplicates += calm.it->totals().duplicates;
  }
  EXPECT_GE(crashes, 2'000u);
  EXPECT_GE(conflicts, 2'000u);
  EXPECT_GE(late, 5'000u);
  EXPECT_GE(duplicates, 4'000u);
}

TEST(PartitionCrash, ReplayingOverDerivedDataThatIsThereChangesNothing) {
  std::mt19937_64 random(42);
  const auto plan = plan_of(42, random);
  partition_harness p;
  for (const auto& batch : plan) {
    p.commit(batch.entries, batch.committed_at);
    p.apply();
  }
  const auto before = derived_of(p);
  ports::write_batch forget; // the applied offset alone is lost: everything is applied once more
  forget.erase(family::applied, ports::keys::partition(harness_partition));
  ports::write_batch forget_tickets;
  forget_tickets.erase_range(family::tickets, ports::keys::partition(harness_partition),
                             ports::keys::after_prefix(ports::keys::partition(harness_partition)));
  ASSERT_TRUE(p.store.write(forget, ports::durability::synced));
  ASSERT_TRUE(p.store.write(forget_tickets, ports::durability::synced));
  ASSERT_TRUE(p.it->recover());
  expect_same(before, derived_of(p));
}

} // namespace
} // namespace cxstream::protocols
