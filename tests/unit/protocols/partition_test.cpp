#include "unit/protocols/partition_harness.hpp"

#include "protocols/dead_letters.hpp"

#include "cxstream/v1/admin.pb.h"

#include <google/protobuf/util/message_differencer.h>

namespace cxstream::protocols {
namespace {

using google::protobuf::util::MessageDifferencer;
using model::effect;
using ports::family;
using support::memory_store;
using support::plain_event;
using namespace std::chrono_literals;

TEST(Partition, GivesOffsetsInOrderAndDecidesInTheOrderOfTheLog) {
  partition_harness p;
  const auto first = p.append({plain_event("A", "1"), plain_event("B", "1"), plain_event("A", "1")});
  ASSERT_EQ(first.decisions.size(), 3u);
  EXPECT_EQ(first.decisions[0].outcome, effect::accepted);
  EXPECT_EQ(first.decisions[1].sequence.value, 1u);
  EXPECT_EQ(first.decisions[2].outcome, effect::duplicate);
  EXPECT_EQ(first.run->items.size(), 2u);
  const auto second = p.append({plain_event("A", "2")});
  EXPECT_EQ(second.run->first_offset.value, 3u);
  EXPECT_EQ(second.run->history_before, 2u);
  EXPECT_EQ(second.decisions[0].sequence.value, 2u);
  EXPECT_EQ(p.it->next_offset().value, 4u);
  EXPECT_EQ(p.it->totals().history, 3u);
  EXPECT_EQ(p.it->totals().tickets, 2u);
  EXPECT_EQ(p.it->totals().duplicates, 1u);
}

TEST(Partition, AnEventOfTheRunNamesItsPlaceAndTimes) {
  partition_harness p;
  const auto committed_at = partition_harness::day_one() + 1'500us;
  p.append({plain_event("A", "1", 60)}, committed_at);
  const auto applied = p.append({plain_event("A", "2", 0)}, committed_at);
  v1::CanonicalEvent event;
  ASSERT_TRUE(event.ParseFromString(applied.run->items.at(0).event));
  EXPECT_EQ(event.pipeline().partition(), 3u);
  EXPECT_EQ(event.pipeline().offset(), 1u);
  EXPECT_EQ(event.pipeline().ticket_sequence(), 2u);
  EXPECT_TRUE(event.pipeline().late());
  EXPECT_EQ(model::to_us(event.pipeline().committed_at()), base::to_us(committed_at));
  EXPECT_EQ(event.pipeline().received_at().seconds(), support::day_one_s + 1);
  EXPECT_EQ(event.idempotency_key(), "2");
}

TEST(Partition, KeepsNoMoreLiveTicketsThanItsBoundAndAnswersForAll) {
  partition_harness p(10);
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 100; ++i) {
      p.append({plain_event("ticket " + std::to_string(i), "k" + std::to_string(round))});
      if (p.it->wants_checkpoint())
        p.checkpoint();
      ASSERT_LE(p.it->live_tickets(), 11u);
    }
  p.checkpoint();
  EXPECT_LE(p.it->live_tickets(), 10u);
  for (int i = 0; i < 100; ++i) {
    auto state = p.it->ticket_state("ticket " + std::to_string(i));
    ASSERT_TRUE(state);
    EXPECT_EQ(state->ticket_sequence(), 3u);
  }
  auto nobody = p.it->ticket_state("nobody");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.err().code, base::error_code::not_found);
}

TEST(Partition, FindsTheOffsetsOfALongTicketWhereverItsRunsLie) {
  partition_harness p(1);
  std::vector<std::uint64_t> truth;
  for (std::uint64_t i = 0; i < 700; ++i) {
    truth.push_back(p.it->next_offset().value + i % 3);
    std::vector<v1::CanonicalEvent> events;
    for (std::uint64_t other = 0; other < i % 3; ++other)
      events.push_back(plain_event("other", std::to_string(i) + "/" + std::to_string(other)));
    events.push_back(plain_event("long", std::to_string(i)));
    p.append(events, partition_harness::day_one() + std::chrono::seconds{10 * i}); // the window is 100 events wide
    if (i % 50 == 0)
      p.checkpoint();
  }
  for (const bool asleep : {false, true}) {
    if (asleep)
      p.crash(memory_store::crash::process_dies);
    for (const std::uint64_t from : {0, 1, 2, 255, 256, 257, 258, 512, 513, 600, 700, 701})
      for (const std::size_t count : {1, 3, 300, 1'000}) {
        auto offsets = p.it->ticket_offsets("long", base::ticket_sequence{from}, count);
        ASSERT_TRUE(offsets);
        const auto begin = std::max<std::uint64_t>(from, 1) - 1;
        ASSERT_EQ(offsets->size(), std::min<std::uint64_t>(count, 700 - std::min<std::uint64_t>(begin, 700)));
        for (std::size_t i = 0; i < offsets->size(); ++i)
          ASSERT_EQ((*offsets)[i].value, truth[begin + i]);
      }
  }
}

TEST(Partition, MovesATicketInTheAccountIndexWhenItsAccountChanges) {
  partition_harness p;
  auto event = plain_event("A", "1");
  event.set_account_id("acme");
  p.append({event});
  p.checkpoint();
  EXPECT_TRUE(p.store.contents(family::accounts).contains(ports::keys::account_ticket(harness_partition, "acme", "A")));
  auto moved = plain_event("A", "2", 1);
  moved.set_account_id("umbrella");
  p.append({moved});
  p.checkpoint();
  EXPECT_EQ(p.store.contents(family::accounts).size(), 1u);
  EXPECT_TRUE(
      p.store.contents(family::accounts).contains(ports::keys::account_ticket(harness_partition, "umbrella", "A")));
  auto gone = plain_event("A", "3", 2);
  gone.mutable_cleared()->add_paths("account_id");
  p.append({gone});
  p.checkpoint();
  EXPECT_TRUE(p.store.contents(family::accounts).empty());
}

v1::CanonicalEvent conflicting(const std::string& agent) {
  auto event = plain_event("A", "1");
  event.set_agent_id(agent);
  return event;
}

TEST(Partition, AConflictBecomesOneDeadLetterThatAReplayDoesNotRepeat) {
  partition_harness p;
  p.append({plain_event("A", "1")});
  const auto applied = p.append({conflicting("x")});
  ASSERT_EQ(applied.conflicts.size(), 1u);
  for (const auto how : {memory_store::crash::process_dies, memory_store::crash::power_fails}) {
    p.crash(how);
    ASSERT_EQ(p.store.contents(family::dead_letters).size(), 1u);
  }
  auto letter = read_letter(p.store, ports::keys::dead_conflict(harness_partition, base::log_offset{1}));
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->stage(), v1::TICKET);
  EXPECT_EQ(letter->reject_reason(), v1::KEY_CONFLICT);
  v1::CanonicalEvent payload;
  ASSERT_TRUE(payload.ParseFromString(letter->payload()));
  EXPECT_EQ(payload.agent_id(), "x");
  EXPECT_EQ(p.it->totals().conflicts, 1u);
}

TEST(Partition, AnOperatorsEditOfAConflictSurvivesAReplay) {
  partition_harness p;
  p.append({plain_event("A", "1"), conflicting("x")});
  const auto id = ports::keys::dead_conflict(harness_partition, base::log_offset{1});
  auto letter = *read_letter(p.store, id);
  letter.set_payload(plain_event("A", "a key of its own").SerializeAsString());
  letter.set_edited(true);
  ports::write_batch edit;
  edit.put(family::dead_letters, id, letter.SerializeAsString());
  ASSERT_TRUE(p.store.write(edit, ports::durability::synced));
  p.crash(memory_store::crash::power_fails);
  EXPECT_TRUE(MessageDifferencer::Equals(*read_letter(p.store, id), letter));
}

TEST(Partition, AppliesNothingOfABatchItCannotWrite) {
  partition_harness p;
  p.append({plain_event("A", "1")});
  p.store.fail_writes(base::error_code::resource_exhausted, 1, 1); // the log entry is written, the history is not
  const auto entry = support::entry_of(plain_event("A", "2"));
  p.commit({entry}, partition_harness::day_one());
  auto failed = p.it->apply({base::log_offset{1}, partition_harness::day_one(), harness_window, {entry}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.err().code, base::error_code::resource_exhausted);
  EXPECT_EQ(p.it->next_offset().value, 1u);
  ASSERT_TRUE(p.store.mend());
  ASSERT_TRUE(p.it->recover());
  EXPECT_EQ(p.it->next_offset().value, 2u);
  EXPECT_EQ(p.it->ticket_state("A")->ticket_sequence(), 2u);
}

TEST(Partition, SaysWhichLogEntryIsDamaged) {
  partition_harness p;
  p.append({plain_event("A", "1")});
  ports::write_batch damage;
  damage.put(
      family::log, ports::keys::at(harness_partition, base::log_offset{1}),
      encode_log_batch(base::epoch{1}, base::log_offset{1}, harness_window, std::vector<log_entry>{{"\xff", {}}}));
  ASSERT_TRUE(p.store.write(damage, ports::durability::synced));
  auto recovered = p.it->recover();
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.err().code, base::error_code::corrupt);
  EXPECT_NE(recovered.err().message.find("log entry 1 of partition 3"), std::string::npos);
}

} // namespace
} // namespace cxstream::protocols
