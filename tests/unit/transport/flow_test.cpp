// The pure parts of a stream: duplex, intake_window, intake_budget, and the status an error becomes.
#include "transport/duplex.hpp"
#include "transport/intake_budget.hpp"
#include "transport/intake_window.hpp"
#include "transport/status.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace cxstream::transport {
namespace {

using flow = duplex<int, std::string>;

TEST(Duplex, WritesOneAtATimeInOrder) {
  flow f;
  f.push(1);
  f.push(2);
  ASSERT_EQ(*f.next_write(), 1);
  EXPECT_TRUE(f.more_to_write());
  EXPECT_EQ(f.next_write(), nullptr);
  EXPECT_EQ(f.write_done(), 1);
  ASSERT_EQ(*f.next_write(), 2);
  EXPECT_FALSE(f.more_to_write());
}

TEST(Duplex, ReadsOnlyWhenWantedAndOneAtATime) {
  flow f;
  EXPECT_FALSE(f.next_read());
  f.want_read(true);
  EXPECT_TRUE(f.next_read());
  EXPECT_FALSE(f.next_read());
  f.read_done(true);
  EXPECT_TRUE(f.next_read());
  f.read_done(false);
  EXPECT_FALSE(f.next_read());
}

TEST(Duplex, FinishesOnceAfterWhatWasPushedBefore) {
  flow f;
  f.push(1);
  f.end("first");
  f.end("second");
  f.push(2);
  EXPECT_FALSE(f.next_finish());
  ASSERT_EQ(*f.next_write(), 1);
  EXPECT_FALSE(f.next_finish());
  f.write_done();
  EXPECT_EQ(f.next_write(), nullptr);
  EXPECT_EQ(f.next_finish(), "first");
  EXPECT_FALSE(f.next_finish());
}

TEST(Duplex, DropsWhatWasNotBegunWhenAborted) {
  flow f;
  f.push(1);
  f.push(2);
  f.push(3);
  ASSERT_NE(f.next_write(), nullptr);
  f.abort("gone");
  EXPECT_FALSE(f.next_finish());
  EXPECT_EQ(f.write_done(), 1);
  EXPECT_EQ(f.next_finish(), "gone");
}

TEST(Duplex, StartsNothingAfterTheStatusWhateverHappens) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    flow f;
    int pushed = 0;
    int written = 0;
    bool reading = false;
    bool writing = false;
    bool finished = false;
    for (int step = 0; step < 60; ++step) {
      switch (random() % 8) {
        case 0:
          f.push(pushed++);
          break;
        case 1:
          f.want_read(random() % 2 == 0);
          break;
        case 2:
          if (random() % 8 == 0)
            f.end("end");
          break;
        case 3:
          if (random() % 16 == 0)
            f.abort("abort");
          break;
        case 4:
          if (std::exchange(reading, false))
            f.read_done(random() % 4 != 0);
          break;
        case 5:
          if (std::exchange(writing, false)) {
            ASSERT_EQ(f.write_done(), written++);
          }
          break;
        default:
          const bool read = f.next_read();
          const int* write = f.next_write();
          ASSERT_FALSE(finished && (read || write)) << "round " << round;
          ASSERT_FALSE(reading && read);
          ASSERT_FALSE(writing && write);
          reading = reading || read;
          writing = writing || write;
          if (f.next_finish()) {
            ASSERT_FALSE(finished);
            ASSERT_FALSE(writing);
            finished = true;
          }
      }
    }
  }
}

TEST(IntakeWindow, ClosesAtTheEventsOrTheBytesItMayOwe) {
  intake_window window({.events_max = 10, .bytes_max = 100});
  EXPECT_TRUE(window.open());
  window.taken(1, 10, 1);
  EXPECT_FALSE(window.open());
  EXPECT_EQ(window.answered(1, 10), 1U);
  window.taken(2, 1, 100);
  EXPECT_FALSE(window.open());
  EXPECT_EQ(window.answered(2, 1), 100U);
  EXPECT_TRUE(window.empty());
}

TEST(IntakeWindow, CountsABatchOfNothingAsOneEvent) {
  intake_window window({.events_max = 2, .bytes_max = 100});
  window.taken(1, 0, 0);
  window.taken(2, 0, 0);
  EXPECT_FALSE(window.open());
  window.answered(1, 0);
  EXPECT_TRUE(window.open());
}

TEST(IntakeWindow, KnowsBatchesApartThatShareAnId) {
  intake_window window({.events_max = 100, .bytes_max = 1'000});
  window.taken(1, 3, 30);
  window.taken(1, 5, 50);
  EXPECT_EQ(window.answered(1, 5), 50U);
  EXPECT_EQ(window.answered(1, 3), 30U);
  EXPECT_EQ(window.answered(1, 3), 0U);
}

TEST(IntakeWindow, OwesNothingWhenEverythingWasAnsweredInAnyOrder) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    intake_window window({});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> owed;
    std::uint64_t bytes = 0;
    for (int i = 0; i < 50; ++i) {
      owed.emplace_back(random() % 5, random() % 4);
      const std::uint64_t size = random() % 1'000;
      bytes += size;
      window.taken(owed.back().first, owed.back().second, size);
    }
    EXPECT_EQ(window.bytes(), bytes);
    std::shuffle(owed.begin(), owed.end(), random);
    for (const auto& [id, events] : owed)
      bytes -= window.answered(id, events);
    EXPECT_EQ(bytes, 0U);
    EXPECT_TRUE(window.empty());
  }
}

struct counting_waiter final : budget_waiter {
  int woken = 0;
  void wake() override {
    ++woken;
  }
};

TEST(IntakeBudget, WakesOnceEveryoneWhoWaitsWhenThereIsRoom) {
  intake_budget budget(100);
  const auto first = std::make_shared<counting_waiter>();
  const auto second = std::make_shared<counting_waiter>();
  EXPECT_TRUE(budget.open_or_wait(first));
  budget.take(150);
  EXPECT_FALSE(budget.open_or_wait(first));
  EXPECT_FALSE(budget.open_or_wait(second));
  budget.give(20);
  EXPECT_EQ(first->woken, 0);
  budget.give(40);
  EXPECT_EQ(first->woken, 1);
  EXPECT_EQ(second->woken, 1);
  budget.give(90);
  EXPECT_EQ(first->woken, 1);
  EXPECT_TRUE(budget.open());
}

TEST(IntakeBudget, ForgetsAWaiterThatIsGone) {
  intake_budget budget(1);
  budget.take(2);
  EXPECT_FALSE(budget.open_or_wait(std::make_shared<counting_waiter>()));
  budget.give(2);
  EXPECT_TRUE(budget.open());
}

TEST(Status, NamesErrorsAsTheTableSaysAndCutsEndlessMessages) {
  EXPECT_EQ(to_status({base::error_code::resource_exhausted, "full"}).error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(to_status({base::error_code::cancelled, "x"}).error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(to_status({base::error_code::not_found, "x"}).error_message(), "x");
  EXPECT_LT(to_status({base::error_code::internal, std::string(1 << 20, 'x')}).error_message().size(), 3'000U);
}

} // namespace
} // namespace cxstream::transport
