#include "unit/protocols/partition_harness.hpp"

namespace cxstream::protocols {
namespace {

using ports::family;
using support::plain_event;

// A history with gaps of duplicates, in batches of all sizes, and what it should be.
struct known_history {
  explicit known_history(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    support::event_maker maker(seed, 4);
    for (int i = 0; i < 25; ++i) {
      std::vector<v1::CanonicalEvent> events;
      for (auto n = 1 + random() % 6; n > 0; --n)
        events.push_back(random() % 4 == 0 && i > 0 ? again : (again = maker.next()));
      const auto applied = p.append(events);
      items.insert(items.end(), applied.run->items.begin(), applied.run->items.end());
    }
    p.append({again, again}); // a batch without effect at the end
    end = p.it->next_offset();
  }
  std::uint64_t below(std::uint64_t offset) const {
    return static_cast<std::uint64_t>(
        std::count_if(items.begin(), items.end(), [&](const history_item& i) { return i.offset.value < offset; }));
  }

  partition_harness p;
  v1::CanonicalEvent again;
  std::vector<history_item> items;
  base::log_offset end;
};

void expect_equal(const history_item& a, const history_item& b) {
  EXPECT_EQ(a.offset, b.offset);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.ticket_id, b.ticket_id);
  EXPECT_EQ(a.event, b.event); // what is read again is byte for byte what was handed over when it was applied
}

TEST(History, ReadsTheSameFromAnyOffsetInPagesOfAnySize) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const known_history h(seed);
    for (std::uint64_t from = 0; from <= h.end.value; ++from)
      for (const std::size_t page : {1, 2, 7, 1'000}) {
        SCOPED_TRACE("seed " + std::to_string(seed) + " from " + std::to_string(from) + " page " +
                     std::to_string(page));
        auto at = base::log_offset{from};
        auto next = h.items.begin() + static_cast<std::ptrdiff_t>(h.below(from));
        for (;;) {
          auto run = read_history(h.p.store, harness_partition, at, h.end, page);
          ASSERT_TRUE(run);
          ASSERT_EQ(run->first_offset, at);
          if (run->next_offset == at)
            break;
          ASSERT_EQ(run->history_before, h.below(at.value));
          for (const auto& item : run->items) {
            ASSERT_NE(next, h.items.end());
            expect_equal(item, *next++);
          }
          at = run->next_offset;
        }
        ASSERT_EQ(at, h.end);
        ASSERT_EQ(next, h.items.end());
      }
  }
}

TEST(History, CountsTheEventsBelowAnyOffset) {
  const known_history h(3);
  for (std::uint64_t o = 0; o <= h.end.value + 3; ++o)
    EXPECT_EQ(*history_below(h.p.store, harness_partition, base::log_offset{o}), h.below(o)) << o;
}

TEST(History, FindsOneEventAndSaysWhenThereIsNone) {
  const known_history h(4);
  auto item = h.items.begin();
  for (std::uint64_t o = 0; o <= h.end.value; ++o) {
    auto found = read_event(h.p.store, harness_partition, base::log_offset{o});
    if (item != h.items.end() && item->offset.value == o) {
      ASSERT_TRUE(found);
      expect_equal(*found, *item++);
    } else {
      ASSERT_FALSE(found);
      EXPECT_EQ(found.err().code, base::error_code::not_found);
    }
  }
}

TEST(History, StopsAtTheEndItIsGiven) {
  partition_harness p;
  p.append({plain_event("A", "1")});
  p.append({plain_event("A", "2")});
  auto run = read_history(p.store, harness_partition, base::log_offset{0}, base::log_offset{1}, 100);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->items.size(), 1u);
  EXPECT_EQ(run->next_offset.value, 1u);
}

TEST(History, KnowsWhereItEndsAndHowMuchLiesBelow) {
  partition_harness p;
  EXPECT_EQ(end_of_history(p.store, harness_partition)->next_offset.value, 0u);
  p.append({plain_event("A", "1"), plain_event("A", "1")});
  p.append({plain_event("A", "2"), plain_event("A", "1")});
  auto end = end_of_history(p.store, harness_partition);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->next_offset.value, 4u);
  EXPECT_EQ(end->events_below, 2u);
}

TEST(History, OtherPartitionsAreNoneOfItsBusiness) {
  partition_harness p;
  p.append({plain_event("A", "1")});
  for (const std::uint16_t other : {0, 2, 4, 0xffff}) {
    auto run = read_history(p.store, base::partition_id{other}, base::log_offset{0}, base::log_offset{99}, 100);
    ASSERT_TRUE(run);
    EXPECT_EQ(run->next_offset.value, 0u);
    EXPECT_EQ(*history_below(p.store, base::partition_id{other}, base::log_offset{5}), 0u);
  }
}

TEST(History, SaysThatALogBatchIsMissingOrDamaged) {
  for (const auto* damage : {"", "\xff\xff"}) {
    partition_harness p;
    p.append({plain_event("A", "1")});
    ports::write_batch batch;
    const auto key = ports::keys::at(harness_partition, base::log_offset{0});
    if (*damage == '\0')
      batch.erase(family::log, key);
    else
      batch.put(family::log, key, damage);
    ASSERT_TRUE(p.store.write(batch, ports::durability::synced));
    auto run = read_history(p.store, harness_partition, base::log_offset{0}, base::log_offset{9}, 10);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.err().code, base::error_code::corrupt);
  }
}

} // namespace
} // namespace cxstream::protocols
