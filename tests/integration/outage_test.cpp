// A target that is away for a long time, beside one that is well.
#include "integration/harness/environment.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/webhook_receiver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

namespace cxstream::integration {
namespace {

using testing::IsEmpty;
using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr std::size_t event_bytes = 2'000;
constexpr std::size_t growth_bytes_max = 80U << 20U; // two runs without an outage have differed by 60 MiB
const std::uint64_t events = from_environment("CXSTREAM_TEST_EVENTS", 100'000);
const std::chrono::milliseconds patience = 60s + std::chrono::milliseconds(events / 2);

// The most memory that a process has in use while this exists.
class memory_watch {
public:
  explicit memory_watch(const child_process& process)
      : thread_([this, &process](const std::stop_token& over) {
          while (!over.stop_requested()) {
            peak_ = std::max(peak_.load(), process.resident_bytes());
            std::this_thread::sleep_for(20ms);
          }
        }) {
  }
  std::size_t peak() const {
    return peak_;
  }

private:
  std::atomic<std::size_t> peak_ = 0;
  std::jthread thread_; // last
};

node_setup setup_in(const scratch_dir& dir, const webhook_receiver& receiver) {
  return {dir / "data",
          "[{name: archive, kind: file, path: " + (dir / "archive") +
              ", in_flight_events_max: 128}, {name: hook, in_flight_events_max: 128, kind: webhook, allow_private: "
              "true, batch_events: 100, concurrency: 4, url: '" +
              receiver.url() +
              "', breaker: {open_initial: 100ms, open_max: 1s}, retry: {backoff_initial: 100ms, backoff_max: 1s}}]",
          ", write_buffer_bytes: 32MiB, block_cache_bytes: 16MiB"};
}

void publish_all(const node_process& node) {
  const auto told = node.ask({"generate", "--events", std::to_string(events), "--tickets", "5000", "--zipf", "0",
                              "--event-bytes", std::to_string(event_bytes), "--streams", "2", "--seed", "7", "--quiet"},
                             patience);
  ASSERT_EQ(told.at("accepted"), events) << told;
}

struct measured {
  seconds archive; // from the first event until the archive has all
  seconds hook;    // the same
  std::size_t peak = 0;
};

measured a_run_in_which_nothing_is_away() {
  measured out;
  const scratch_dir dir;
  webhook_receiver receiver(dir, "hook", {});
  node_process node(dir, setup_in(dir, receiver));
  node.start();
  const memory_watch memory(node.process());
  const auto began = clock::now();
  publish_all(node);
  EXPECT_TRUE(node.drains(patience, {"archive"}));
  out.archive = clock::now() - began;
  EXPECT_TRUE(node.drains(patience, {"hook"}));
  out.hook = clock::now() - began;
  out.peak = memory.peak();
  return out;
}

// Judged by a run with the same events and nothing away. 100,000 events are 200 MB that must not be in memory. A longer
// run (CXSTREAM_TEST_EVENTS=1000000) shows besides that the time of an outage does not matter: its backlog is 2 GB, and
// what it may take more of memory is the same.
TEST(Outage, ATargetThatWasAwayForAllEventsGetsThemOnceInOrderAndNobodyElseFeltIt) {
  ASSERT_GT(events * event_bytes, 2 * growth_bytes_max) << "too few to tell whether they are in memory";
  const auto well = a_run_in_which_nothing_is_away();

  const scratch_dir dir;
  webhook_receiver receiver(dir, "hook", {});
  receiver.stop();
  node_process node(dir, setup_in(dir, receiver));
  node.start();
  const memory_watch memory(node.process());
  const auto began = clock::now();
  publish_all(node);
  ASSERT_TRUE(node.drains(patience, {"archive"}));
  const seconds archive = clock::now() - began;
  EXPECT_LT(archive.count(), 2 * well.archive.count() + 1) << "without an outage: " << well.archive.count() << " s";
  const auto during = node.counts("hook");
  EXPECT_EQ(during.at("delivered") + during.at("dead"), 0U);
  EXPECT_EQ(during.at("pending") + during.at("waiting"), events);
  const auto peak_during = memory.peak();
  EXPECT_LT(peak_during, well.peak + growth_bytes_max) << "without an outage: " << well.peak;

  const auto back = clock::now();
  receiver.restart({});
  ASSERT_TRUE(node.drains(patience, {"hook"})) << nlohmann::json(node.counts("hook"));
  const seconds caught_up = clock::now() - back;
  EXPECT_LT(caught_up.count(), 2 * well.hook.count() + 2) << "without an outage: " << well.hook.count() << " s";
  EXPECT_LT(memory.peak(), well.peak + growth_bytes_max) << "without an outage: " << well.peak;

  const auto arrivals = receiver.arrivals();
  std::uint64_t arrived = 0;
  for (const auto& [ticket, sequences] : arrivals)
    arrived += sequences.size();
  EXPECT_EQ(arrived, events);
  EXPECT_THAT(out_of_order(arrivals), IsEmpty());
  EXPECT_EQ(receiver.count("repeats"), 0U);
  EXPECT_EQ(node.counts("hook").at("dead"), 0U);
  EXPECT_EQ(node.contradictions(), "");

  std::printf("%llu events: archive %.1f s (%.1f s without an outage), caught up in %.1f s at %.0f events/s (%.1f s), "
              "memory %zu MiB during, %zu MiB at most (%zu MiB)\n",
              static_cast<unsigned long long>(events), archive.count(), well.archive.count(), caught_up.count(),
              static_cast<double>(events) / caught_up.count(), well.hook.count(), peak_during >> 20U,
              memory.peak() >> 20U, well.peak >> 20U);
}

} // namespace
} // namespace cxstream::integration
