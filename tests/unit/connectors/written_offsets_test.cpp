#include "connectors/written_offsets.hpp"

#include <gtest/gtest.h>
#include <random>

namespace cxstream::connectors {
namespace {

base::log_offset at(std::uint64_t n) {
  return base::log_offset{n};
}

void add(written_offsets& w, std::initializer_list<std::uint64_t> offsets) {
  for (const auto n : offsets)
    w.add(at(n));
  w.close_gaps();
}

TEST(WrittenOffsets, HaveNothingAtFirst) {
  const written_offsets w(10);
  EXPECT_FALSE(w.has(at(0)));
  EXPECT_EQ(w.position(), at(0));
}

TEST(WrittenOffsets, HaveExactlyWhatWasAddedWhileAGapIsYoung) {
  written_offsets w(10);
  add(w, {0, 1, 4});
  EXPECT_TRUE(w.has(at(1)));
  EXPECT_FALSE(w.has(at(2)));
  EXPECT_TRUE(w.has(at(4)));
  EXPECT_EQ(w.position(), at(2));
  add(w, {3, 2});
  EXPECT_EQ(w.position(), at(5));
  EXPECT_EQ(w.ranges().size(), 1u);
}

TEST(WrittenOffsets, CloseAGapOnceAsManyEventsWereWrittenAfterItAsCanBeOutOfOrder) {
  written_offsets w(3);
  add(w, {0, 5});
  add(w, {6, 7});
  EXPECT_FALSE(w.has(at(3)));
  add(w, {8});
  EXPECT_TRUE(w.has(at(3)));
  EXPECT_EQ(w.position(), at(9));
}

TEST(WrittenOffsets, DoNotHaveWhatLiesBelowTheFirstEvenWhenASeekWritesItLater) {
  written_offsets w(2);
  add(w, {100, 101, 102, 103});
  EXPECT_EQ(w.position(), at(104));
  EXPECT_FALSE(w.has(at(0)));
  for (std::uint64_t n = 0; n < 50; ++n)
    add(w, {n});
  EXPECT_FALSE(w.has(at(50))) << "still to come, although many events were written since";
  EXPECT_EQ(w.position(), at(50));
  add(w, {52}); // 50 and 51 are gaps of the usual kind now
  add(w, {53, 54, 55});
  EXPECT_TRUE(w.has(at(51)));
  EXPECT_FALSE(w.has(at(56)));
  for (std::uint64_t n = 56; n < 100; ++n)
    add(w, {n});
  EXPECT_EQ(w.position(), at(104));
}

TEST(WrittenOffsets, NeverHaveARefusedEventUntilItIsWritten) {
  written_offsets w(2);
  w.refuse(at(1));
  add(w, {0, 2, 3, 4, 5});
  EXPECT_TRUE(w.has(at(0)));
  EXPECT_FALSE(w.has(at(1))) << "its gap is closed, but it was refused";
  add(w, {1});
  EXPECT_TRUE(w.has(at(1)));
  EXPECT_TRUE(w.refused().empty());
}

TEST(WrittenOffsets, StayTheSameThroughRanges) {
  written_offsets w(4);
  add(w, {10, 11, 14, 2, 20});
  w.refuse(at(12));
  const written_offsets again(4, w.ranges(), w.refused());
  EXPECT_EQ(again.ranges(), w.ranges());
  for (std::uint64_t n = 0; n < 25; ++n)
    EXPECT_EQ(again.has(at(n)), w.has(at(n))) << n;
}

// A sink's window: at most `window` events undecided, taken in any order; a third of the offsets never come.
TEST(WrittenOffsets, NeverClaimAnEventThatIsStillToComeWhateverTheOrder) {
  constexpr std::size_t window = 32;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    written_offsets w(window);
    std::vector<std::uint64_t> undecided;
    std::uint64_t next = random() % 50;
    for (int step = 0; step < 2'000; ++step) {
      while (undecided.size() < window && undecided.size() < 1 + random() % window) {
        next += random() % 3 == 0 ? 1 + random() % 40 : 1;
        // The window holds `window` events at most, the decided ones above the oldest undecided one among them.
        if (!undecided.empty() && next - undecided.front() >= window)
          break;
        undecided.push_back(next);
      }
      const auto chosen = random() % undecided.size();
      ASSERT_FALSE(w.has(at(undecided[chosen]))) << "seed " << seed << " offset " << undecided[chosen];
      w.add(at(undecided[chosen]));
      w.close_gaps();
      ASSERT_TRUE(w.has(at(undecided[chosen])));
      undecided.erase(undecided.begin() + static_cast<std::ptrdiff_t>(chosen));
      if (!undecided.empty() && at(undecided.front()) > w.ranges().front().from) {
        ASSERT_LE(w.position(), at(undecided.front())) << "seed " << seed;
      }
      ASSERT_LE(w.ranges().size(), window + 2);
    }
    EXPECT_GT(next, 1'000u);
  }
}

} // namespace
} // namespace cxstream::connectors
