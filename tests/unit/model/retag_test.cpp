#include "model/retag.hpp"

#include "model/canonicalise.hpp"
#include "model/ticket_fold.hpp"
#include "model/validate.hpp"
#include "sample_event.hpp"

#include <gtest/gtest.h>

namespace cxstream::model {
namespace {

taxonomy rules(const std::string& version, const std::string& pattern, const std::string& tag,
               const std::string& driver) {
  taxonomy t(version);
  t.map_tag(pattern, tag);
  if (!driver.empty())
    t.set_driver(tag, driver);
  return t;
}

const taxonomy old_rules = rules("v1", "money*", "payment", "finance");
const taxonomy new_rules = rules("v2", "*refund*", "refund", "billing");

v1::CanonicalEvent sent(std::int64_t second, const std::string& key, std::initializer_list<const char*> tags) {
  v1::CanonicalEvent e;
  e.set_event_type("ticket.updated");
  e.set_source_system("zendesk");
  e.set_ticket_id("T-1");
  e.set_account_id("acme");
  e.mutable_occurred_at()->set_seconds(1'767'000'000 + second);
  e.set_version(7);
  e.set_idempotency_key(key);
  for (const auto* tag : tags)
    e.add_raw_tags(tag);
  return e;
}

v1::CanonicalEvent taken(v1::CanonicalEvent e, const taxonomy& in_force = old_rules) {
  canonicalise(e, in_force);
  return e;
}

retagger make(retag_options options = {}, std::vector<taxonomy> known = {old_rules}) {
  return {new_rules, known, options};
}

TEST(Retag, SaysAChangedTagAndDriverAsANewEventOfTheSameRevision) {
  auto retag = make();
  const auto decision = retag.decide(taken(sent(0, "k", {"money_refund"})));
  ASSERT_EQ(decision.verdict, retag_verdict::changed);
  EXPECT_EQ(decision.before, (tag_and_driver{"payment", "finance"}));
  EXPECT_EQ(decision.after, (tag_and_driver{"refund", "billing"}));
  const auto& e = *decision.event;
  EXPECT_EQ(e.event_type(), "ticket.retagged");
  EXPECT_EQ(e.source_system(), "cxstream");
  EXPECT_EQ(e.ticket_id(), "T-1");
  EXPECT_EQ(e.account_id(), "acme");
  EXPECT_EQ(e.occurred_at().seconds(), 1'767'000'000);
  EXPECT_EQ(e.version(), 7u);
  EXPECT_EQ(e.event_id(), "k");
  EXPECT_EQ(e.canonical_tag(), "refund");
  EXPECT_EQ(e.driver(), "billing");
  EXPECT_TRUE(e.idempotency_key().starts_with("retag:v2:"));
  EXPECT_FALSE(validate(e, sample_now, {})) << validate(e, sample_now, {})->message;
}

TEST(Retag, SaysTheSameWhenItIsRunAgainAndIgnoresItsOwnEvents) {
  const auto event = taken(sent(0, "k", {"money_refund"}));
  const auto first = make().decide(event);
  const auto again = make().decide(event);
  EXPECT_EQ(first.event->SerializeAsString(), again.event->SerializeAsString());
  EXPECT_EQ(make().decide(taken(*first.event)).verdict, retag_verdict::of_this_run);
  EXPECT_NE(first.event->idempotency_key(),
            make().decide(taken(sent(0, "j", {"money_refund"}))).event->idempotency_key());
}

TEST(Retag, ClearsWhatTheNewVersionDoesNotGiveAndKeepsTheVersionInForceFromFillingItIn) {
  auto retag = make();
  const auto decision = retag.decide(taken(sent(0, "k", {"money"})));
  ASSERT_EQ(decision.verdict, retag_verdict::changed);
  EXPECT_EQ(decision.after, (tag_and_driver{}));
  const auto stored = taken(*decision.event, old_rules);
  EXPECT_FALSE(stored.has_canonical_tag());
  EXPECT_FALSE(stored.has_driver());
  EXPECT_EQ(stored.cleared().paths_size(), 2);
  EXPECT_FALSE(validate(stored, sample_now, {}));
}

TEST(Retag, GivesHomelessTagsTheirNewHome) {
  const auto decision = make({}, {}).decide(taken(sent(0, "k", {"a_refund"})));
  EXPECT_EQ(decision.verdict, retag_verdict::changed) << "nobody gave a tag: the old version need not be known";
  EXPECT_EQ(decision.after, (tag_and_driver{"refund", "billing"}));
}

TEST(Retag, NeverChangesWhatTheSourceHasSaid) {
  auto by_source = sent(0, "k", {"money_refund"});
  by_source.set_canonical_tag("special");
  by_source.set_driver("own");
  EXPECT_EQ(make().decide(taken(by_source)).verdict, retag_verdict::unchanged);
  auto cleared = sent(0, "k", {"money_refund"});
  cleared.mutable_cleared()->add_paths("canonical_tag");
  cleared.mutable_cleared()->add_paths("driver");
  EXPECT_EQ(make().decide(taken(cleared)).verdict, retag_verdict::unchanged);
  auto own_driver = sent(0, "k", {"money_refund"});
  own_driver.set_driver("own");
  EXPECT_EQ(make().decide(taken(own_driver)).after, (tag_and_driver{"refund", "own"}));
}

TEST(Retag, LeavesTagsOfUnknownVersionsUnlessToldThatTheyAreTheTaxonomys) {
  const auto event = taken(sent(0, "k", {"money_refund"}));
  const auto left = make({}, {}).decide(event);
  EXPECT_EQ(left.verdict, retag_verdict::unknown_rules);
  EXPECT_FALSE(left.event);
  const retag_options trusting{retag_options::unknown_version::take_as_given, {}};
  EXPECT_EQ(make(trusting, {}).decide(event).verdict, retag_verdict::changed);
  auto untagged = sent(0, "k", {});
  untagged.set_canonical_tag("special");
  EXPECT_EQ(make(trusting, {}).decide(taken(untagged)).verdict, retag_verdict::unchanged);
}

TEST(Retag, FillsInEventsFromBeforeThereWasATaxonomyOnlyWhenAsked) {
  const auto event = taken(sent(0, "k", {"money_refund"}), taxonomy());
  EXPECT_EQ(make().decide(event).verdict, retag_verdict::no_taxonomy);
  const retag_options filling{{}, retag_options::before_taxonomy::fill_in};
  EXPECT_EQ(make(filling).decide(event).after, (tag_and_driver{"refund", "billing"}));
  auto own = sent(0, "k", {"money_refund"});
  own.set_canonical_tag("special");
  EXPECT_EQ(make(filling).decide(taken(own, taxonomy())).after.canonical_tag, "special");
}

// A ticket as a node folds it: events at their place in the log.
class folded_ticket {
public:
  void take(v1::CanonicalEvent event, const taxonomy& in_force) {
    canonicalise(event, in_force);
    fold_fields(state_, event, revision_of(event, base::log_offset{history_.size()}));
    history_.push_back(std::move(event));
  }
  void rerun(retagger retag) {
    const auto past = history_;
    for (const auto& event : past)
      if (auto decision = retag.decide(event); decision.event)
        take(*decision.event, old_rules);
  }
  std::string tag() const {
    return state_.canonical_tag().value();
  }
  std::size_t events() const {
    return history_.size();
  }

private:
  v1::TicketState state_;
  std::vector<v1::CanonicalEvent> history_;
};

TEST(Retag, GoesBeforeTheOldEventAndBehindANewerTagOfTheSource) {
  folded_ticket old_only;
  old_only.take(sent(0, "a", {"money_refund"}), old_rules);
  old_only.rerun(make());
  EXPECT_EQ(old_only.tag(), "refund");

  folded_ticket newer;
  newer.take(sent(0, "a", {"money_refund"}), old_rules);
  auto by_source = sent(5, "b", {"money_refund"});
  by_source.set_canonical_tag("special");
  newer.take(by_source, old_rules);
  newer.rerun(make());
  EXPECT_EQ(newer.events(), 3u);
  EXPECT_EQ(newer.tag(), "special");
}

TEST(Retag, OfALateEventStaysBehindTheNewerOnes) {
  folded_ticket ticket;
  ticket.take(sent(10, "new", {"the_refund"}), old_rules);
  ticket.take(sent(12, "newest", {"money"}), old_rules);
  ticket.take(sent(0, "late", {"money_refund"}), old_rules);
  EXPECT_EQ(ticket.tag(), "payment");
  ticket.rerun(make());
  EXPECT_EQ(ticket.tag(), "") << "the newest event's tag was cleared, and no older one shows through";
}

TEST(Retag, KeepsTheLastOfSeveralEventsWithOneRevision) {
  folded_ticket ticket;
  ticket.take(sent(0, "a", {"money"}), old_rules);
  auto by_source = sent(0, "b", {});
  by_source.set_canonical_tag("special");
  ticket.take(by_source, old_rules);
  EXPECT_EQ(ticket.tag(), "special");
  ticket.rerun(make());
  EXPECT_EQ(ticket.tag(), "special");
}

TEST(Retag, RunsALaterVersionOverWhatAnEarlierOneChanged) {
  folded_ticket ticket;
  ticket.take(sent(0, "a", {"money_refund"}), old_rules);
  ticket.rerun(make());
  ASSERT_EQ(ticket.tag(), "refund");
  const auto third = rules("v3", "money*", "payment", "finance"); // as the first one
  const std::vector<taxonomy> known{old_rules, new_rules};
  ticket.rerun({third, known, {}});
  EXPECT_EQ(ticket.tag(), "payment");
  EXPECT_EQ(ticket.events(), 3u);
}

} // namespace
} // namespace cxstream::model
