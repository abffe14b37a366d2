#include "actors/partition/partition.hpp"

#include "actors/stage.hpp"
#include "ports/keys.hpp"
#include "support/event_maker.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace cxstream::actors {
namespace {

using model::effect;
using ports::family;
using support::plain_event;

// A log writer that does what the test says, when the test says it.
struct writer_double {
  std::vector<log_append> asked;
  log_writer_actor actor;
};

// A sink as the partition sees it.
struct reading_sink {
  std::vector<history_supply> got;
  history_reader actor;
};

class PartitionActor : public stage {
protected:
  PartitionActor() {
    writer = std::make_shared<writer_double>();
    writer->actor = on_stage(system.spawn([w = writer]() -> log_writer_actor::behavior_type {
      return {[w](log_append& a) { w->asked.push_back(std::move(a)); }, [](keep_dead_letters&) { return verdict{}; },
              [](commit_atom) {}, [](mend_atom) {}, [](stop_atom) { return verdict{}; }};
    }));
  }
  partition_actor start(std::size_t append_entries_max = 8'192) {
    partition_config c{id, base::epoch{1}, store, metrics, writer->actor};
    c.append_entries_max = append_entries_max;
    c.recent_bytes_max = 2'000;
    return on_stage(system.spawn(partition, c));
  }
  std::shared_ptr<reading_sink> reader() {
    auto d = std::make_shared<reading_sink>();
    d->actor = on_stage(system.spawn([d]() -> history_reader::behavior_type {
      return {[d](history_supply& s) { d->got.push_back(std::move(s)); }};
    }));
    return d;
  }
  void demand(const std::shared_ptr<reading_sink>& from, const partition_actor& p, std::uint64_t offset,
              std::uint32_t events_max = 1) {
    caf::send_as(from->actor, p, history_demand{base::log_offset{offset}, events_max});
    run();
  }
  static append_events events(std::initializer_list<v1::CanonicalEvent> list) {
    append_events out;
    for (const auto& e : list)
      out.entries.push_back(support::entry_of(e));
    return out;
  }
  auto append(const partition_actor& p, std::initializer_list<v1::CanonicalEvent> list) {
    return asks<append_answer>(p, events(list));
  }
  // The log writer does its work for the last append and says so.
  void commit(const partition_actor& p) {
    const auto& a = writer->asked.back();
    ports::write_batch batch;
    batch.put(family::log, ports::keys::at(id, a.first_offset), a.value + protocols::commit_stamp(clock.now()));
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
    caf::send_as(writer->actor, p, log_appended{a.first_offset, clock.now(), {}});
    run();
  }
  void refuse(const partition_actor& p) {
    caf::send_as(
        writer->actor, p,
        log_appended{writer->asked.back().first_offset, {}, {false, {base::error_code::resource_exhausted, "full"}}});
    run();
  }

  const base::partition_id id{5};
  ports::no_metrics metrics;
  std::shared_ptr<writer_double> writer;
};

TEST_F(PartitionActor, HasOneAppendAtTheLogWriterAndTheRestGathersIntoTheNext) {
  const auto p = start();
  const auto first = append(p, {plain_event("A", "1")});
  const auto second = append(p, {plain_event("A", "2"), plain_event("B", "1")});
  const auto third = append(p, {plain_event("A", "1")});
  ASSERT_EQ(writer->asked.size(), 1u);
  EXPECT_EQ(writer->asked[0].entries, 1u);
  commit(p);
  ASSERT_EQ(writer->asked.size(), 2u);
  EXPECT_EQ(writer->asked[1].entries, 3u);
  EXPECT_EQ(writer->asked[1].first_offset.value, 1u);
  EXPECT_TRUE(first->has_value());
  EXPECT_FALSE(second->has_value());
  commit(p);
  EXPECT_EQ((**second)->outcomes.at(0).sequence.value, 2u);
  EXPECT_EQ((**second)->outcomes.at(1).offset.value, 2u);
  EXPECT_EQ((**third)->outcomes.at(0).effect, effect::duplicate);
}

TEST_F(PartitionActor, AnAppendHoldsNoMoreEntriesThanItMay) {
  const auto p = start(2);
  append(p, {plain_event("A", "0")});
  for (int i = 1; i <= 3; ++i)
    append(p, {plain_event("A", std::to_string(i))});
  commit(p);
  EXPECT_EQ(writer->asked.back().entries, 2u);
  commit(p);
  EXPECT_EQ(writer->asked.back().entries, 1u);
}

TEST_F(PartitionActor, AnswersOnlyWhenTheEventsAreCommittedAndApplied) {
  const auto p = start();
  const auto answer = append(p, {plain_event("A", "1")});
  EXPECT_FALSE(answer->has_value());
  EXPECT_TRUE(store.contents(family::history).empty());
  commit(p);
  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((**answer)->result.ok);
  EXPECT_EQ(store.contents(family::history).size(), 1u);
  v1::TicketState state;
  ASSERT_TRUE(state.ParseFromString((**asks<bytes_answer>(p, ask_ticket{"A"}))->bytes));
  EXPECT_EQ(state.ticket_sequence(), 1u);
}

TEST_F(PartitionActor, AnEmptyAppendIsAnsweredWithoutTheLog) {
  const auto p = start();
  const auto answer = append(p, {});
  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((**answer)->result.ok);
  EXPECT_TRUE(writer->asked.empty());
  append(p, {plain_event("A", "1")});
  EXPECT_EQ(writer->asked.size(), 1u);
}

TEST_F(PartitionActor, AFailedAppendFailsWhatHasGatheredTooAndItGoesOnAfterMending) {
  const auto p = start();
  const auto first = append(p, {plain_event("A", "1")});
  const auto second = append(p, {plain_event("A", "2")});
  refuse(p);
  EXPECT_EQ((**first)->result.why.code, base::error_code::resource_exhausted);
  EXPECT_FALSE((**second)->result.ok);
  EXPECT_FALSE((**append(p, {plain_event("A", "3")}))->result.ok);
  EXPECT_EQ(writer->asked.size(), 1u);
  caf::anon_send(p, store_mended{});
  run();
  const auto again = append(p, {plain_event("A", "1")});
  ASSERT_EQ(writer->asked.size(), 2u);
  EXPECT_EQ(writer->asked[1].first_offset.value, 0u); // nothing had reached the log
  commit(p);
  EXPECT_EQ((**again)->outcomes.at(0).sequence.value, 1u);
}

TEST_F(PartitionActor, WhatReachedTheLogAlthoughItWasRefusedIsFoundWhenTheSourceSendsAgain) {
  const auto p = start();
  append(p, {plain_event("A", "1")});
  const auto& a = writer->asked.back();
  ports::write_batch batch; // written, but its sync failed
  batch.put(family::log, ports::keys::at(id, a.first_offset), a.value + protocols::commit_stamp(clock.now()));
  ASSERT_TRUE(store.write(batch, ports::durability::buffered));
  refuse(p);
  caf::anon_send(p, store_mended{});
  run();
  const auto again = append(p, {plain_event("A", "1"), plain_event("A", "2")});
  EXPECT_EQ(writer->asked.back().first_offset.value, 1u);
  commit(p);
  EXPECT_EQ((**again)->outcomes.at(0).effect, effect::duplicate);
  EXPECT_EQ((**again)->outcomes.at(1).sequence.value, 2u);
}

TEST_F(PartitionActor, ALateWordAboutAnAppendThatWasGivenUpIsIgnored) {
  const auto p = start();
  append(p, {plain_event("A", "1")});
  refuse(p);
  caf::send_as(writer->actor, p, log_appended{base::log_offset{0}, clock.now(), {}});
  run();
  EXPECT_TRUE(store.contents(family::history).empty());
}

TEST_F(PartitionActor, LooksAgainByItselfWhenDerivedDataCouldNotBeWritten) {
  const auto p = start();
  const auto answer = append(p, {plain_event("A", "1")});
  store.fail_writes(base::error_code::io, 1, 1); // the log is written, the history is not
  commit(p);
  EXPECT_FALSE((**answer)->result.ok);
  ASSERT_TRUE(store.mend());
  pass(std::chrono::seconds{1});
  EXPECT_EQ(store.contents(family::history).size(), 1u);
  EXPECT_EQ((**asks<offsets_answer>(p, ask_ticket_offsets{"A", base::ticket_sequence{1}, 10}))->offsets.size(), 1u);
}

TEST_F(PartitionActor, ReadsItsLogBackOnlyWhenAnAppendThatWasGivenUpIsAnswered) {
  const auto p = start();
  append(p, {plain_event("A", "1")});
  commit(p);
  const auto given_up = append(p, {plain_event("B", "1")});
  store.fail_writes(base::error_code::io, 1);
  pass(partition_config{id, base::epoch{1}, store, metrics, writer->actor}.checkpoint_every * 2); // it fails
  ASSERT_FALSE((**given_up)->result.ok);
  ASSERT_TRUE(store.mend());
  pass(std::chrono::seconds{2});
  EXPECT_FALSE((**append(p, {plain_event("C", "1")}))->result.ok) << "the place in the log may be taken yet";
  ASSERT_EQ(writer->asked.size(), 2u);
  commit(p); // of B
  pass(std::chrono::seconds{2});
  const auto after = append(p, {plain_event("B", "1"), plain_event("C", "1")});
  ASSERT_EQ(writer->asked.size(), 3u);
  EXPECT_EQ(writer->asked.back().first_offset.value, 2u);
  commit(p);
  EXPECT_EQ((**after)->outcomes.at(0).effect, effect::duplicate);
  EXPECT_EQ((**after)->outcomes.at(1).effect, effect::accepted);
}

TEST_F(PartitionActor, ADemandIsServedWhenThereIsSomethingAndOnce) {
  const auto p = start();
  const auto r = reader();
  demand(r, p, 0);
  EXPECT_TRUE(r->got.empty());
  append(p, {plain_event("A", "1")});
  commit(p);
  ASSERT_EQ(r->got.size(), 1u);
  ASSERT_EQ(r->got[0].runs.size(), 1u);
  EXPECT_EQ(r->got[0].runs[0]->items.size(), 1u);
  EXPECT_EQ(r->got[0].events_total, 1u);
  append(p, {plain_event("A", "2")});
  commit(p);
  EXPECT_EQ(r->got.size(), 1u);
  demand(r, p, 1);
  ASSERT_EQ(r->got.size(), 2u);
  EXPECT_EQ(r->got[1].runs.at(0)->first_offset.value, 1u);
}

TEST_F(PartitionActor, WhoIsALittleBehindGetsManySmallRunsAtOnceButNoMoreThanItHasRoomFor) {
  const auto p = start();
  for (const auto* key : {"1", "2", "3", "4"}) {
    append(p, {plain_event("A", key)});
    commit(p);
  }
  const auto r = reader();
  demand(r, p, 1, 2);
  ASSERT_EQ(r->got.size(), 1u);
  ASSERT_EQ(r->got[0].runs.size(), 2u);
  EXPECT_EQ(r->got[0].runs[0]->first_offset.value, 1u);
  EXPECT_EQ(r->got[0].runs[1]->first_offset.value, 2u);
  demand(r, p, 1, 100);
  EXPECT_EQ(r->got.at(1).runs.size(), 3u);
}

TEST_F(PartitionActor, WhoIsFarBehindIsSentToTheStore) {
  const auto p = start();
  for (int i = 0; i < 20; ++i) {
    append(p, {plain_event("A", std::to_string(i))});
    commit(p);
  }
  const auto r = reader();
  demand(r, p, 0);
  ASSERT_EQ(r->got.size(), 1u);
  EXPECT_TRUE(r->got[0].runs.empty());
  EXPECT_EQ(r->got[0].end.value, 20u);
  demand(r, p, 19);
  ASSERT_EQ(r->got.at(1).runs.size(), 1u);
  EXPECT_EQ(r->got[1].runs[0]->first_offset.value, 19u);
}

TEST_F(PartitionActor, ReadsItsLogBackWhenItStartsAndWritesACheckpointWhenItStops) {
  const auto p = start();
  append(p, {plain_event("A", "1"), plain_event("B", "1")});
  commit(p);
  store.crash_now(support::memory_store::crash::power_fails);
  const auto next = start();
  v1::PartitionApplied totals;
  ASSERT_TRUE(totals.ParseFromString((**asks<bytes_answer>(next, ask_totals{}))->bytes));
  EXPECT_EQ(totals.next_offset(), 2u);
  EXPECT_EQ(totals.tickets(), 2u);
  EXPECT_TRUE((**asks<verdict>(next, stop_atom_v))->ok);
  EXPECT_EQ(store.contents(family::tickets).size(), 2u);
  EXPECT_EQ(store.contents(family::applied).size(), 1u);
}

TEST_F(PartitionActor, SaysThatItsLogIsDamagedInsteadOfAnswering) {
  ports::write_batch damage;
  damage.put(family::log, ports::keys::at(id, base::log_offset{0}), "\xff");
  ASSERT_TRUE(store.write(damage, ports::durability::synced));
  const auto p = start();
  const auto totals = asks<bytes_answer>(p, ask_totals{});
  EXPECT_EQ((**totals)->result.why.code, base::error_code::corrupt);
  EXPECT_FALSE((**append(p, {plain_event("A", "1")}))->result.ok);
}

} // namespace
} // namespace cxstream::actors
