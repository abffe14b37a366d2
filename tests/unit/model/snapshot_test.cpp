// What a snapshot of a ticket tells beside the single events that webhooks sent of it.
#include "model/snapshot.hpp"

#include "model/canonicalise.hpp"
#include "model/revision.hpp"
#include "model/ticket_fold.hpp"
#include "support/event_maker.hpp"

#include <gtest/gtest.h>

namespace cxstream::model {
namespace {

// A ticket that has folded these events.
v1::TicketState ticket_of(const std::vector<v1::CanonicalEvent>& events) {
  v1::TicketState out;
  revision newest;
  for (std::uint64_t offset = 0; offset < events.size(); ++offset) {
    const auto rev = revision_of(events[offset], base::log_offset{offset});
    fold_fields(out, events[offset], rev);
    newest = std::max(newest, rev);
  }
  to_proto(newest, *out.mutable_newest());
  return out;
}

v1::CanonicalEvent at(std::int64_t ms, const std::string& status, std::uint64_t version = 0) {
  auto out = support::plain_event("T-1", "key-" + std::to_string(ms));
  set_us(*out.mutable_occurred_at(), support::day_one_s * 1'000'000 + ms * 1'000);
  out.set_version(version);
  if (!status.empty())
    out.set_status(status);
  return out;
}

TEST(Snapshot, TellsNothingWhenTheWebhookOfItsChangeHasCome) {
  const auto state = ticket_of({at(0, "new"), at(5'400, "open")});
  EXPECT_FALSE(adds_to(state, at(5'000, "open")));
  EXPECT_FALSE(adds_to(state, at(5'400, "open")));
  EXPECT_FALSE(adds_to(state, at(4'000, "new"))); // a newer revision wrote it
}

TEST(Snapshot, TellsOfAChangeThatNoWebhookTold) {
  const auto state = ticket_of({at(0, "new")});
  EXPECT_TRUE(adds_to(state, at(5'000, "open")));
  EXPECT_TRUE(adds_to(state, at(5'000, "new"))); // that it was still new then
  EXPECT_TRUE(adds_to(v1::TicketState(), at(5'000, "")));
  EXPECT_TRUE(adds_to(state, at(0, "open"))); // the same revision, told otherwise
}

TEST(Snapshot, TellsOfAFieldThatWebhooksNeverName) {
  auto snapshot = at(5'000, "open");
  auto state = ticket_of({at(5'400, "open")});
  snapshot.set_evidence_url("https://vendor.example/1");
  EXPECT_TRUE(adds_to(state, snapshot));
  EXPECT_FALSE(adds_to(ticket_of({at(5'400, "open"), snapshot}), snapshot));
  snapshot.clear_evidence_url();
  (*snapshot.mutable_custom_metrics())["reopens"] = 2;
  EXPECT_TRUE(adds_to(state, snapshot));
  EXPECT_FALSE(adds_to(ticket_of({at(5'400, "open"), snapshot}), snapshot));
  snapshot.clear_custom_metrics();
  snapshot.add_raw_tags("vip");
  EXPECT_TRUE(adds_to(state, snapshot));
  EXPECT_FALSE(adds_to(ticket_of({at(5'400, "open"), snapshot}), snapshot));
  snapshot.clear_raw_tags();
  snapshot.mutable_sentiment()->set_label("negative");
  EXPECT_TRUE(adds_to(state, snapshot));
  EXPECT_FALSE(adds_to(ticket_of({at(5'400, "open"), snapshot}), snapshot));
}

TEST(Snapshot, ClearingTellsOnlyWhereSomethingIs) {
  auto cleared = at(5'000, "open");
  cleared.mutable_cleared()->add_paths("agent_id");
  cleared.mutable_cleared()->add_paths("custom_metrics.reopens");
  EXPECT_FALSE(adds_to(ticket_of({at(5'400, "open")}), cleared));
  auto assigned = at(1'000, "open");
  assigned.set_agent_id("8001");
  EXPECT_TRUE(adds_to(ticket_of({assigned, at(5'400, "open")}), cleared));
  auto counted = at(1'000, "open");
  (*counted.mutable_custom_metrics())["reopens"] = 1;
  EXPECT_TRUE(adds_to(ticket_of({counted, at(5'400, "open")}), cleared));
  counted.mutable_cleared()->add_paths("custom_metrics");
  EXPECT_FALSE(adds_to(ticket_of({cleared, at(5'400, "open")}), cleared));
}

TEST(Snapshot, OfAWholeSecondCountsAfterAllThatHappenedInIt) {
  // Two changes in one second; the webhook of the second one was lost. The vendor tells 5.0 s for both.
  const auto state = ticket_of({at(5'200, "open")});
  auto snapshot = at(5'000, "pending");
  EXPECT_FALSE(adds_to(state, snapshot));
  ASSERT_TRUE(moved_to_end_of_second(state, snapshot));
  EXPECT_EQ(to_us(snapshot.occurred_at()) % 1'000'000, 999'999);
  EXPECT_FALSE(adds_to(ticket_of({at(5'200, "open"), snapshot}), snapshot));
  auto linked = at(5'000, "pending"); // it counts as a whole, also when another field of it is new anyway
  linked.set_evidence_url("https://vendor.example/1");
  EXPECT_TRUE(adds_to(state, linked));
  EXPECT_TRUE(moved_to_end_of_second(state, linked));
  auto same = at(5'000, "open");
  EXPECT_FALSE(moved_to_end_of_second(state, same));
  EXPECT_EQ(to_us(same.occurred_at()) % 1'000'000, 0);
  auto exact = at(5'100, "pending"); // this vendor tells fractions: it is really older
  EXPECT_FALSE(moved_to_end_of_second(state, exact));
  auto older = at(4'000, "pending");
  EXPECT_FALSE(moved_to_end_of_second(state, older));
}

TEST(Snapshot, TellsExactlyWhatChangesTheTicketOverRandomHistories) {
  int told = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    support::event_maker maker(seed, 1);
    std::vector<v1::CanonicalEvent> history;
    for (int i = 0; i < 6; ++i) {
      history.push_back(maker.next_new());
      canonicalise(history.back(), taxonomy());
    }
    auto snapshot = history.back();
    history.pop_back();
    const auto state = ticket_of(history);
    const auto newest = state.newest().occurred_at_us();
    auto after = state;
    fold_fields(after, snapshot, revision_of(snapshot, base::log_offset{99}));
    // Whatever changes the values that the ticket holds is told; what is not told changes none of them.
    const auto values = [](v1::TicketState of) {
      for (auto* slot : {of.mutable_account_id(), of.mutable_status(), of.mutable_priority(), of.mutable_channel(),
                         of.mutable_agent_id(), of.mutable_customer_id(), of.mutable_canonical_tag(),
                         of.mutable_driver(), of.mutable_evidence_url()})
        slot->clear_revision();
      for (auto* slot : {of.mutable_sentiment(), of.mutable_churn_risk(), of.mutable_effort()})
        slot->clear_revision();
      of.mutable_raw_tags()->clear_revision();
      of.clear_metrics_cleared();
      std::string metrics;
      std::map<std::string, double> kept;
      for (const auto& [name, slot] : of.custom_metrics())
        if (slot.has_value())
          kept[name] = slot.value();
      for (const auto& [name, value] : kept)
        metrics += name + "=" + std::to_string(value) + ";";
      of.clear_custom_metrics();
      return of.SerializeAsString() + metrics;
    };
    const bool changes = values(state) != values(after);
    const bool newer = newest < to_us(snapshot.occurred_at()) ||
                       (newest == to_us(snapshot.occurred_at()) && state.newest().version() < snapshot.version());
    EXPECT_EQ(adds_to(state, snapshot), changes || newer) << "seed " << seed << "\n" << snapshot.DebugString();
    told += changes && !newer ? 1 : 0;
  }
  EXPECT_GT(told, 20);
}

} // namespace
} // namespace cxstream::model
