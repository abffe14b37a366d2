#include "model/ticket.hpp"

#include "model/content_hash.hpp"
#include "support/event_maker.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace cxstream::model {
namespace {

using namespace std::chrono_literals;
using google::protobuf::util::MessageDifferencer;
using support::plain_event;

constexpr auto window = std::chrono::seconds{3'600};
const auto noon = base::from_us(support::day_one_s * 1'000'000);

fingerprint print_of(const v1::CanonicalEvent& event) {
  const auto key = key_hash(event.idempotency_key());
  return {key.high, key.low, content_hash(event)};
}

// A ticket with the log it lives on: every event gets the next offset.
struct ticket_on_log {
  ticket it{"T1", base::partition_id{7}};
  std::uint64_t next_offset = 100;
  ticket_index::run_reader read_run = ticket_index::nothing_rests;

  decision apply(const v1::CanonicalEvent& event, base::timestamp committed_at = noon) {
    return *it.apply(event, print_of(event), {base::log_offset{next_offset++}, committed_at, window}, read_run);
  }
  const v1::TicketState& state() const {
    return it.state();
  }
};

v1::CanonicalEvent with_status(v1::CanonicalEvent event, const std::string& status) {
  event.set_status(status);
  return event;
}

TEST(Ticket, GivesSequencesFromOneWithoutAGap) {
  ticket_on_log t;
  for (std::uint64_t i = 1; i <= 300; ++i) {
    const auto event = plain_event("T1", "k" + std::to_string(i));
    const auto first = t.apply(event);
    ASSERT_EQ(first.outcome, effect::accepted);
    ASSERT_EQ(first.sequence.value, i);
    ASSERT_EQ(t.apply(event).outcome, effect::duplicate);
  }
  EXPECT_EQ(t.it.last_sequence().value, 300u);
  EXPECT_EQ(t.state().partition(), 7u);
}

TEST(Ticket, AnswersARepeatWithTheSequenceOfTheFirst) {
  ticket_on_log t;
  t.apply(plain_event("T1", "a"));
  t.apply(plain_event("T1", "b"));
  const auto again = t.apply(plain_event("T1", "a"));
  EXPECT_EQ(again.outcome, effect::duplicate);
  EXPECT_EQ(again.sequence.value, 1u);
}

TEST(Ticket, AnOldKeyWithOtherContentIsAConflictAndChangesNothing) {
  ticket_on_log t;
  t.apply(with_status(plain_event("T1", "a"), "open"));
  t.apply(plain_event("T1", "b"));
  const auto before = t.state();
  const auto other = t.apply(with_status(plain_event("T1", "a"), "closed"));
  EXPECT_EQ(other.outcome, effect::conflict);
  EXPECT_EQ(other.sequence.value, 1u);
  EXPECT_TRUE(MessageDifferencer::Equals(t.state(), before));
}

TEST(Ticket, AnOlderEventIsLateAndOverwritesNothingNewer) {
  ticket_on_log t;
  EXPECT_FALSE(t.apply(with_status(plain_event("T1", "new", 60), "closed")).late);
  const auto old = t.apply(with_status(plain_event("T1", "old", 0), "open"));
  EXPECT_EQ(old.outcome, effect::accepted);
  EXPECT_TRUE(old.late);
  EXPECT_EQ(t.state().status().value(), "closed");
  EXPECT_EQ(t.state().late_events(), 1u);
  EXPECT_EQ(t.state().first_occurred_at().seconds(), support::day_one_s);
  EXPECT_EQ(t.state().last_occurred_at().seconds(), support::day_one_s + 60);
}

TEST(Ticket, ComparesFieldByFieldSoAnOlderEventFillsWhatNoNewerOneSaid) {
  ticket_on_log t;
  t.apply(with_status(plain_event("T1", "desk", 60), "closed"));
  auto enriched = with_status(plain_event("T1", "enricher", 30), "open");
  enriched.mutable_sentiment()->set_label("negative");
  EXPECT_TRUE(t.apply(enriched).late);
  EXPECT_EQ(t.state().status().value(), "closed");
  EXPECT_EQ(t.state().sentiment().value().label(), "negative");
  EXPECT_EQ(t.state().sentiment().revision().occurred_at_us(), (support::day_one_s + 30) * 1'000'000);
}

TEST(Ticket, VersionThenPlaceInTheLogBreakATieOfTime) {
  ticket_on_log t;
  auto v2 = with_status(plain_event("T1", "v2"), "two");
  v2.set_version(2);
  auto v1 = with_status(plain_event("T1", "v1"), "one");
  v1.set_version(1);
  t.apply(v2);
  EXPECT_TRUE(t.apply(v1).late);
  EXPECT_EQ(t.state().status().value(), "two");
  auto same = with_status(plain_event("T1", "v2 again"), "two, edited");
  same.set_version(2);
  EXPECT_FALSE(t.apply(same).late);
  EXPECT_EQ(t.state().status().value(), "two, edited");
}

TEST(Ticket, AnAbsentFieldLeavesTheOldValueAndAClearedOneIsEmptied) {
  ticket_on_log t;
  auto full = with_status(plain_event("T1", "a", 0), "open");
  full.set_account_id("acme");
  full.add_raw_tags("vip");
  full.mutable_effort()->set_label("high");
  (*full.mutable_custom_metrics())["handle_time_s"] = 12;
  t.apply(full);
  t.apply(plain_event("T1", "b", 10));
  EXPECT_EQ(t.state().account_id().value(), "acme");
  auto clearing = plain_event("T1", "c", 20);
  for (const auto* path : {"account_id", "raw_tags", "effort", "custom_metrics.handle_time_s"})
    clearing.mutable_cleared()->add_paths(path);
  t.apply(clearing);
  EXPECT_FALSE(t.state().account_id().has_value());
  EXPECT_FALSE(t.state().effort().has_value());
  EXPECT_EQ(t.state().raw_tags().values_size(), 0);
  EXPECT_FALSE(t.state().custom_metrics().at("handle_time_s").has_value());
  EXPECT_EQ(t.state().status().value(), "open");
}

TEST(Ticket, WhatWasClearedIsNotBroughtBackByAnOlderEvent) {
  ticket_on_log t;
  auto clearing = plain_event("T1", "clear", 60);
  clearing.mutable_cleared()->add_paths("account_id");
  clearing.mutable_cleared()->add_paths("custom_metrics");
  t.apply(clearing);
  auto older = plain_event("T1", "older", 30);
  older.set_account_id("acme");
  (*older.mutable_custom_metrics())["never_heard_of"] = 1;
  t.apply(older);
  EXPECT_FALSE(t.state().account_id().has_value());
  EXPECT_FALSE(t.state().custom_metrics().contains("never_heard_of"));
  auto newer = plain_event("T1", "newer", 90);
  (*newer.mutable_custom_metrics())["never_heard_of"] = 2;
  t.apply(newer);
  EXPECT_EQ(t.state().custom_metrics().at("never_heard_of").value(), 2);
}

TEST(Ticket, ForgetsAKeyWhenTheDedupWindowSinceItsCommitIsOver) {
  ticket_on_log t;
  const auto event = plain_event("T1", "a");
  t.apply(event, noon);
  EXPECT_EQ(t.apply(event, noon + window).outcome, effect::duplicate);
  const auto after = t.apply(event, noon + window + 1us);
  EXPECT_EQ(after.outcome, effect::accepted);
  EXPECT_EQ(after.sequence.value, 2u);
  EXPECT_EQ(t.apply(event, noon + window + 2us).sequence.value, 2u);
}

// What a ticket writes when it goes to rest, and how it comes back.
struct resting_ticket {
  v1::TicketSnapshot snapshot;
  std::vector<v1::TicketIndex> runs;
  std::size_t reads = 0;

  void write(ticket& t, base::timestamp newest_commit) {
    snapshot.ParseFromString(t.snapshot());
    for (auto& sealed : t.index().newly_sealed()) {
      ASSERT_EQ(sealed.number, runs.size());
      runs.push_back(std::move(sealed.run));
    }
    t.written(newest_commit, window);
  }
  ticket_index::run_reader reader() {
    return [this](std::uint32_t number) -> base::result<v1::TicketIndex> {
      ++reads;
      if (number >= runs.size())
        return base::error{base::error_code::corrupt, "no such run"};
      return runs[number];
    };
  }
};

class TicketAtRest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(TicketAtRest, DecidesAsIfItHadNeverSlept) {
  const auto count = GetParam();
  ticket_on_log awake;
  resting_ticket rest;
  awake.read_run = rest.reader();
  for (std::uint64_t i = 1; i <= count; ++i) {
    awake.apply(with_status(plain_event("T1", "k" + std::to_string(i), static_cast<std::int64_t>(i % 50)), "s"));
    if (i % 97 == 0) // written now and then while it grows, as checkpoints do
      rest.write(awake.it, noon);
  }
  rest.write(awake.it, noon);
  ASSERT_EQ(rest.runs.size(), count / ticket_index::run_length);
  ASSERT_EQ(rest.snapshot.open_run().offset_deltas_size(), static_cast<int>(count % ticket_index::run_length));
  ticket_on_log woken{ticket(rest.snapshot), awake.next_offset, rest.reader()};
  EXPECT_TRUE(MessageDifferencer::Equals(woken.state(), awake.state()));
  EXPECT_EQ(woken.it.index().size(), count);
  for (auto* t : {&awake, &woken})
    for (std::uint64_t i = 1; i <= count; ++i) {
      const base::ticket_sequence sequence{i};
      const auto event =
          with_status(plain_event("T1", "k" + std::to_string(i), static_cast<std::int64_t>(i % 50)), "s");
      const auto again = t->apply(event);
      ASSERT_EQ(again.outcome, effect::duplicate) << i;
      ASSERT_EQ(again.sequence, sequence);
    }
  for (auto s = woken.it.index().first_in_memory(); s.value <= count; ++s.value)
    ASSERT_EQ(woken.it.index().offset_of(s), awake.it.index().offset_of(s));
  EXPECT_EQ(woken.apply(plain_event("T1", "one more")).sequence.value, count + 1);
  EXPECT_TRUE(woken.it.index().newly_sealed().empty() || (count + 1) % ticket_index::run_length == 0);
}

INSTANTIATE_TEST_SUITE_P(Lengths, TicketAtRest, testing::Values(1, 24, 63, 64, 65, 128, 1'000));

TEST(Ticket, KeepsOnlyTheGrowingRunInMemoryOnceTheOthersAreAtRest) {
  ticket_on_log t;
  resting_ticket rest;
  t.read_run = rest.reader();
  for (std::uint64_t i = 0; i < 6'410; ++i)
    t.apply(plain_event("T1", "k" + std::to_string(i)));
  const auto before = t.it.index().bytes();
  rest.write(t.it, noon);
  EXPECT_EQ(t.it.index().first_in_memory().value, 6'401u);
  EXPECT_LT(t.it.index().bytes(), before / 2);
  EXPECT_LT(t.it.index().bytes(), 6'410u * 24);
  for (std::uint64_t i = 0; i < 1'000; ++i)
    ASSERT_EQ(t.apply(plain_event("T1", "new" + std::to_string(i))).outcome, effect::accepted);
  EXPECT_EQ(rest.reads, 0u) << "new keys are told from old ones without reading";
  EXPECT_EQ(t.apply(plain_event("T1", "k77")).sequence.value, 78u);
  EXPECT_EQ(rest.reads, 1u) << "an old key costs one run";
  for (std::uint64_t i = 64; i < 128; ++i)
    ASSERT_EQ(t.apply(plain_event("T1", "k" + std::to_string(i))).sequence.value, i + 1);
  EXPECT_EQ(rest.reads, 1u) << "and its neighbours nothing more";
}

TEST(Ticket, RecognisesARepeatForTheDedupWindowWhateverIsInMemory) {
  ticket_on_log t;
  resting_ticket rest;
  t.read_run = rest.reader();
  const auto minute = [](std::uint64_t i) { return noon + std::chrono::minutes{static_cast<std::int64_t>(i) / 10}; };
  for (std::uint64_t i = 0; i < 1'000; ++i) { // 100 minutes; the window is 60
    t.apply(plain_event("T1", "k" + std::to_string(i)), minute(i));
    if (i % 100 == 99)
      rest.write(t.it, minute(i));
  }
  ticket_on_log woken{ticket(rest.snapshot), t.next_offset, rest.reader()};
  for (auto* one : {&t, &woken})
    for (std::uint64_t i = 400; i < 1'000; ++i)
      ASSERT_EQ(one->apply(plain_event("T1", "k" + std::to_string(i)), minute(999)).sequence.value, i + 1);
  for (auto* one : {&t, &woken}) {
    EXPECT_EQ(one->apply(plain_event("T1", "k389"), minute(999)).outcome, effect::accepted) << "older than the window";
    EXPECT_EQ(one->apply(plain_event("T1", "k389"), minute(999)).sequence.value, 1'001u) << "the newer one counts now";
  }
}

TEST(Ticket, AWindowThatGrowsReachesBackToWhatWasForgotten) {
  ticket_on_log t;
  resting_ticket rest;
  t.read_run = rest.reader();
  const auto minute = [](std::uint64_t i) { return noon + std::chrono::minutes{static_cast<std::int64_t>(i)}; };
  for (std::uint64_t i = 0; i < 640; ++i) {
    t.apply(plain_event("T1", "k" + std::to_string(i)), minute(i));
    if (i % 64 == 63)
      rest.write(t.it, minute(i)); // at the end only the last hour is remembered
  }
  const auto event = plain_event("T1", "k5");
  const auto wide = std::chrono::hours{24};
  const auto known = t.it.apply(event, print_of(event), {base::log_offset{9'999}, minute(640), wide}, t.read_run);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->outcome, effect::duplicate);
  EXPECT_EQ(known->sequence.value, 6u);
}

TEST(Ticket, ARunThatCannotBeReadStopsTheEventAndChangesNothing) {
  ticket_on_log t;
  resting_ticket rest;
  for (std::uint64_t i = 0; i < 64; ++i)
    t.apply(plain_event("T1", "k" + std::to_string(i)));
  rest.write(t.it, noon);
  const auto before = t.state();
  const auto event = plain_event("T1", "k3");
  const auto decided =
      t.it.apply(event, print_of(event), {base::log_offset{999}, noon, window}, ticket_index::nothing_rests);
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.err().code, base::error_code::corrupt);
  EXPECT_TRUE(MessageDifferencer::Equals(t.state(), before));
}

// What may depend on the order of arrival is left out: places in the log and the count of late events.
v1::TicketState without_arrival(v1::TicketState s) {
  s.clear_late_events();
  for (auto* slot :
       {s.mutable_account_id(), s.mutable_status(), s.mutable_priority(), s.mutable_channel(), s.mutable_agent_id(),
        s.mutable_customer_id(), s.mutable_canonical_tag(), s.mutable_driver(), s.mutable_evidence_url()})
    slot->mutable_revision()->clear_offset();
  for (auto* slot : {s.mutable_sentiment(), s.mutable_churn_risk(), s.mutable_effort()})
    slot->mutable_revision()->clear_offset();
  s.mutable_raw_tags()->mutable_revision()->clear_offset();
  s.mutable_newest()->clear_offset();
  s.mutable_metrics_cleared()->clear_offset();
  for (auto& [name, slot] : *s.mutable_custom_metrics())
    slot.mutable_revision()->clear_offset();
  return s;
}

TEST(Ticket, TheSameEventsInAnyOrderOfArrivalGiveTheSameState) {
  std::uint64_t late = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    support::event_maker maker(seed, 1);
    std::vector<v1::CanonicalEvent> events;
    for (std::uint64_t n = 2 + seed % 60; n > 0; --n)
      events.push_back(maker.next_new());
    ticket_on_log first;
    for (const auto& e : events)
      first.apply(e);
    std::mt19937_64 random(seed);
    for (int order = 0; order < 5; ++order) {
      std::shuffle(events.begin(), events.end(), random);
      ticket_on_log other;
      for (const auto& e : events)
        late += other.apply(e).late;
      ASSERT_TRUE(MessageDifferencer::Equals(without_arrival(first.state()), without_arrival(other.state())))
          << "seed " << seed << "\n"
          << first.state().DebugString() << other.state().DebugString();
    }
  }
  EXPECT_GE(late, 10'000u);
}

} // namespace
} // namespace cxstream::model
