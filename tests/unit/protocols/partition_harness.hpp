// A partition with the log it lives on, for tests: does what the log writer and the partition actor do, and keeps apart
// what a crash takes from what it leaves.
#pragma once

#include "ports/keys.hpp"
#include "protocols/partition.hpp"
#include "support/event_maker.hpp"
#include "support/memory_store.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace cxstream::protocols {

inline const base::partition_id harness_partition{3};
inline constexpr std::chrono::seconds harness_window{1'000};

class partition_harness {
public:
  explicit partition_harness(std::size_t live_weight_max = 1'000) : live_weight_max_(live_weight_max) {
    start();
  }

  // The process dies or the power fails; the next call finds a new process.
  void crash(support::memory_store::crash how, std::size_t unsynced_kept = 0) {
    it.reset();
    store.crash_now(how, unsynced_kept);
    start();
  }
  // Appends to the log, as far as the sync.
  void commit(const std::vector<log_entry>& entries, base::timestamp committed_at) {
    const auto first = it->reserve(entries.size());
    ports::write_batch batch;
    batch.put(ports::family::log, ports::keys::at(harness_partition, first),
              encode_log_batch(base::epoch{1}, first, harness_window, entries) + commit_stamp(committed_at));
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
    committed_ = committed_batch{first, committed_at, harness_window, entries};
  }
  // Applies what was committed last.
  applied_batch apply() {
    auto applied = it->apply(std::move(*committed_));
    EXPECT_TRUE(applied);
    return applied ? std::move(*applied) : applied_batch{};
  }
  applied_batch append(const std::vector<v1::CanonicalEvent>& events, base::timestamp committed_at = day_one()) {
    std::vector<log_entry> entries;
    for (const auto& e : events)
      entries.push_back(support::entry_of(e));
    commit(entries, committed_at);
    return apply();
  }
  void checkpoint() {
    ASSERT_TRUE(it->checkpoint());
  }
  static base::timestamp day_one() {
    return base::from_us(support::day_one_s * 1'000'000);
  }

  support::memory_store store;
  std::optional<partition> it;

private:
  void start() {
    it.emplace(harness_partition, store, live_weight_max_);
    auto recovered = it->recover();
    ASSERT_TRUE(recovered) << recovered.err().message;
  }

  std::size_t live_weight_max_;
  std::optional<committed_batch> committed_;
};

} // namespace cxstream::protocols
