#include "protocols/dead_letters.hpp"

#include "ports/keys.hpp"
#include "support/memory_store.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

namespace keys = ports::keys;

v1::DeadLetter letter(std::string id, v1::DeadLetterStage stage, std::string sink, std::string ticket,
                      std::string reason) {
  v1::DeadLetter l;
  l.set_id(std::move(id));
  l.set_stage(stage);
  l.set_sink(std::move(sink));
  l.set_ticket_id(std::move(ticket));
  l.set_reason(std::move(reason));
  l.set_payload("bytes");
  return l;
}

class DeadLetters : public testing::Test {
protected:
  DeadLetters() {
    const base::partition_id p{1};
    keep(letter(keys::dead_ingest(100, 1), v1::INGEST, "", "A", "MALFORMED"));
    keep(letter(keys::dead_ingest(100, 2), v1::INGEST, "", "", "MISSING_FIELD"));
    keep(letter(keys::dead_conflict(p, base::log_offset{4}), v1::TICKET, "", "A", "KEY_CONFLICT"));
    keep(letter(keys::dead_delivery("crm", p, base::log_offset{5}), v1::DELIVERY, "crm", "A", "refused"));
    keep(letter(keys::dead_delivery("crm", p, base::log_offset{6}), v1::DELIVERY, "crm", "B", "attempts_spent"));
    keep(letter(keys::dead_delivery("bi", p, base::log_offset{6}), v1::DELIVERY, "bi", "B", "refused"));
  }
  void keep(const v1::DeadLetter& l) {
    ports::write_batch batch;
    batch.put(ports::family::dead_letters, l.id(), l.SerializeAsString());
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
  }
  std::size_t count_selected() {
    auto page = read_letters(store, selector, "", 100, true);
    EXPECT_TRUE(page);
    return page->letters.size();
  }

  support::memory_store store;
  v1::DeadLetterSelector selector;
};

TEST_F(DeadLetters, AnEmptySelectorTakesAllAndSaysThatItSelectsNothing) {
  EXPECT_EQ(count_selected(), 6u);
  EXPECT_FALSE(selects_something(selector));
}

TEST_F(DeadLetters, EveryConditionOfASelectorMustHold) {
  selector.set_stage(v1::DELIVERY);
  EXPECT_TRUE(selects_something(selector));
  EXPECT_EQ(count_selected(), 3u);
  selector.set_sink("crm");
  EXPECT_EQ(count_selected(), 2u);
  selector.set_reason("refused");
  EXPECT_EQ(count_selected(), 1u);
  selector.set_ticket_id("B");
  EXPECT_EQ(count_selected(), 0u);
}

TEST_F(DeadLetters, AnyOfTheIdsIsTaken) {
  selector.add_ids(keys::dead_ingest(100, 2));
  selector.add_ids(keys::dead_delivery("bi", base::partition_id{1}, base::log_offset{6}));
  selector.add_ids("no such letter");
  EXPECT_EQ(count_selected(), 2u);
  EXPECT_TRUE(selects_something(selector));
}

TEST_F(DeadLetters, PagesMeetWithoutAGapOrAnOverlap) {
  for (const std::size_t size : {1, 2, 4, 5, 6, 7}) {
    std::vector<std::string> seen;
    std::string from;
    do {
      auto page = read_letters(store, selector, from, size, false);
      ASSERT_TRUE(page);
      ASSERT_LE(page->letters.size(), size);
      for (const auto& l : page->letters)
        seen.push_back(l.id());
      from = page->next;
    } while (!from.empty());
    EXPECT_EQ(seen.size(), 6u) << size;
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  }
}

TEST_F(DeadLetters, PayloadsComeOnlyWhenAskedFor) {
  EXPECT_EQ(read_letters(store, selector, "", 1, false)->letters[0].payload(), "");
  EXPECT_EQ(read_letters(store, selector, "", 1, true)->letters[0].payload(), "bytes");
}

TEST_F(DeadLetters, OneLetterIsFoundByItsIdOrMissed) {
  EXPECT_EQ(read_letter(store, keys::dead_ingest(100, 1))->ticket_id(), "A");
  EXPECT_EQ(read_letter(store, "ingest-").err().code, base::error_code::not_found);
}

TEST_F(DeadLetters, AreCountedByThePrefixOfTheirIds) {
  EXPECT_EQ(*count_letters(store, ""), 6u);
  EXPECT_EQ(*count_letters(store, "ingest-"), 2u);
  EXPECT_EQ(*count_letters(store, keys::dead_delivery_prefix("crm", base::partition_id{1})), 2u);
  EXPECT_EQ(*count_letters(store, keys::dead_delivery_prefix("crm", base::partition_id{2})), 0u);
}

} // namespace
} // namespace cxstream::protocols
