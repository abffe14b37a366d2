#include "model/canonicalise.hpp"

#include "model/content_hash.hpp"
#include "unit/model/sample_event.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

namespace cxstream::model {
namespace {

using google::protobuf::util::MessageDifferencer;

taxonomy sample_taxonomy() {
  taxonomy t("2026-01");
  t.map_tag("refund*", "refund");
  t.map_tag("billing_issue", "billing_error");
  t.set_driver("refund", "billing");
  t.set_default_tag("other");
  return t;
}

v1::CanonicalEvent canonical(v1::CanonicalEvent e, const taxonomy& tags = {}) {
  canonicalise(e, tags);
  return e;
}

TEST(Canonicalise, ChangesNothingOfACanonicalEvent) {
  EXPECT_TRUE(MessageDifferencer::Equals(canonical(sample_event()), sample_event()));
}

TEST(Canonicalise, RemovesSpaceAroundTextsAndLowersTheType) {
  auto e = sample_event();
  e.set_ticket_id("  INC 1\t\n");
  e.set_event_type(" Ticket.Updated ");
  e.set_agent_id(" Ana ");
  e.set_evidence_url(" https://a.example/ ");
  e = canonical(e);
  EXPECT_EQ(e.ticket_id(), "INC 1");
  EXPECT_EQ(e.event_type(), "ticket.updated");
  EXPECT_EQ(e.agent_id(), "Ana");
  EXPECT_EQ(e.evidence_url(), "https://a.example/");
}

TEST(Canonicalise, TakesAnEmptyTextOrSignalForAnAbsentOne) {
  auto e = sample_event();
  e.set_status("  ");
  e.set_account_id("");
  e.mutable_sentiment()->Clear();
  e.mutable_churn_risk()->set_label(" ");
  e.mutable_effort()->set_label("");
  e.mutable_effort()->set_score(0.5);
  e = canonical(e);
  EXPECT_FALSE(e.has_status());
  EXPECT_FALSE(e.has_account_id());
  EXPECT_FALSE(e.has_sentiment());
  EXPECT_FALSE(e.has_churn_risk());
  EXPECT_FALSE(e.effort().has_label());
  EXPECT_TRUE(e.has_effort());
}

TEST(Canonicalise, KeepsTheFirstOfRepeatedTagsInOrderAndDropsEmptyOnes) {
  for (const int copies : {1, 50}) {
    auto e = sample_event();
    e.clear_raw_tags();
    for (int i = 0; i < copies; ++i)
      for (const char* tag : {" b ", "a", "", "b", "c", "a", "  ", "B"})
        e.add_raw_tags(tag);
    e = canonical(e);
    EXPECT_EQ((std::vector<std::string>{e.raw_tags().begin(), e.raw_tags().end()}),
              (std::vector<std::string>{"b", "a", "c", "B"}));
  }
}

TEST(Canonicalise, CutsTimeToMicrosecondsAndLeavesABrokenTimeToValidation) {
  auto e = sample_event();
  e.mutable_occurred_at()->set_nanos(123'456'789);
  EXPECT_EQ(canonical(e).occurred_at().nanos(), 123'456'000);
  e.mutable_occurred_at()->set_nanos(-5);
  EXPECT_EQ(canonical(e).occurred_at().nanos(), -5);
}

TEST(Canonicalise, TrimsNamesOfMetrics) {
  auto e = sample_event();
  e.clear_custom_metrics();
  (*e.mutable_custom_metrics())[" b"] = 1;
  (*e.mutable_custom_metrics())["b "] = 2;
  (*e.mutable_custom_metrics())["a "] = 3;
  (*e.mutable_custom_metrics())["a"] = 4;
  e = canonical(e);
  EXPECT_EQ(e.custom_metrics_size(), 2u);
  EXPECT_EQ(e.custom_metrics().at("b"), 1);
  EXPECT_EQ(e.custom_metrics().at("a"), 4);
}

TEST(Canonicalise, FillsTagAndDriverFromTheFirstRawTagThatTheTaxonomyKnows) {
  auto e = sample_event();
  e.clear_canonical_tag();
  e.clear_driver();
  e.clear_raw_tags();
  e.add_raw_tags("vip");
  e.add_raw_tags("Refund_Late");
  e.add_raw_tags("billing_issue");
  e = canonical(e, sample_taxonomy());
  EXPECT_EQ(e.canonical_tag(), "refund");
  EXPECT_EQ(e.driver(), "billing");
  EXPECT_EQ(e.pipeline().taxonomy_version(), "2026-01");
}

TEST(Canonicalise, UsesTheDefaultTagOnlyForEventsThatHaveTags) {
  auto e = sample_event();
  e.clear_canonical_tag();
  e.clear_driver();
  e.clear_raw_tags();
  EXPECT_FALSE(canonical(e, sample_taxonomy()).has_canonical_tag());
  e.add_raw_tags("vip");
  EXPECT_EQ(canonical(e, sample_taxonomy()).canonical_tag(), "other");
}

TEST(Canonicalise, OverwritesNothingThatTheSourceSaysOrClears) {
  auto e = sample_event();
  e.set_canonical_tag("login");
  e.set_driver("access");
  EXPECT_EQ(canonical(e, sample_taxonomy()).canonical_tag(), "login");
  EXPECT_EQ(canonical(e, sample_taxonomy()).driver(), "access");
  e.clear_canonical_tag();
  e.clear_driver();
  e.mutable_cleared()->add_paths("canonical_tag");
  e.mutable_cleared()->add_paths(" driver ");
  EXPECT_FALSE(canonical(e, sample_taxonomy()).has_canonical_tag());
  EXPECT_FALSE(canonical(e, sample_taxonomy()).has_driver());
}

TEST(Canonicalise, DropsWhatASourceWritesIntoThePipeline) {
  auto e = sample_event();
  e.mutable_pipeline()->set_ticket_sequence(99);
  e.mutable_pipeline()->set_late(true);
  EXPECT_FALSE(canonical(e).has_pipeline());
  EXPECT_EQ(canonical(e, sample_taxonomy()).pipeline().ticket_sequence(), 0u);
}

TEST(Canonicalise, KeepsTheKeyOfTheSourceElseUsesItsEventId) {
  auto e = sample_event();
  e.set_idempotency_key(" mine ");
  EXPECT_EQ(canonical(e).idempotency_key(), "mine");
  e.set_idempotency_key(" ");
  EXPECT_EQ(canonical(e).idempotency_key(), "id:" + e.source_system() + ":evt-1") << "two sources may number alike";
  e.set_event_id(std::string(256, 'x'));
  EXPECT_EQ(canonical(e).idempotency_key().size(), 34u);
  EXPECT_EQ(canonical(e).idempotency_key().substr(0, 2), "h:");
}

TEST(Canonicalise, DerivesAKeyThatStaysTheSameForEverFromWhatTheSourceSent) {
  auto e = sample_event();
  e.clear_idempotency_key();
  e.clear_event_id();
  const auto key = canonical(e).idempotency_key();
  EXPECT_EQ(key, "h:f8f661e91fdab5d72dbb34ec32e90d4a");
  EXPECT_EQ(canonical(e, sample_taxonomy()).idempotency_key(), key) << "a new taxonomy must not make a new event";
  auto other = e;
  other.set_status("closed");
  EXPECT_NE(canonical(other).idempotency_key(), key);
  other = e;
  other.set_version(4);
  EXPECT_NE(canonical(other).idempotency_key(), key);
  canonicalise(other = e, {}, content_hash(e));
  EXPECT_EQ(other.idempotency_key(), key);
}

// Events made of pieces that are in need of every rule at once.
class random_events {
public:
  explicit random_events(std::uint64_t seed) : random_(seed) {
  }

  v1::CanonicalEvent next() {
    v1::CanonicalEvent e;
    e.set_event_type(text());
    e.set_ticket_id(text());
    e.set_source_system(text());
    e.set_event_id(chance() ? text() : "");
    e.set_idempotency_key(chance() ? text() : "");
    e.mutable_occurred_at()->set_seconds(1'700'000'000 + number(1'000));
    e.mutable_occurred_at()->set_nanos(number(999'999'999));
    if (chance())
      e.set_status(text());
    if (chance())
      e.set_priority(text());
    if (chance())
      e.set_channel(text());
    if (chance())
      e.set_canonical_tag(text());
    if (chance())
      e.mutable_sentiment()->set_label(text());
    if (chance())
      e.mutable_effort()->set_score(0.3);
    for (int i = number(30); i > 0; --i)
      e.add_raw_tags(text());
    for (int i = number(4); i > 0; --i)
      (*e.mutable_custom_metrics())[text()] = i;
    if (chance())
      e.mutable_cleared()->add_paths(text());
    return e;
  }

private:
  int number(int max) {
    return std::uniform_int_distribution<int>(0, max)(random_);
  }
  bool chance() {
    return number(1) == 1;
  }
  std::string text() {
    static const std::vector<std::string> words = {"",
                                                   " ",
                                                   "Very_Negative",
                                                   "very  negative",
                                                   "ok",
                                                   "On Hold",
                                                   "awaiting user info",
                                                   "3 - Moderate",
                                                   "Phone",
                                                   "refund",
                                                   "Refund_x",
                                                   "billing_issue",
                                                   "driver",
                                                   "canonical_tag",
                                                   "\xC2\xA0x\xC2\xA0",
                                                   "a\nb",
                                                   "\xE2\x80\x8B"};
    const auto& from = chance() || naughty_.empty() ? words : naughty_;
    const auto& word = from[static_cast<std::size_t>(number(static_cast<int>(from.size()) - 1))];
    static const char* spaces[] = {"", "", " ", "\t", "\r\n"};
    return spaces[number(4)] + word + spaces[number(4)];
  }

  std::mt19937_64 random_;
  inline static const std::vector<std::string> naughty_ = naughty_strings();
};

TEST(Canonicalise, DoesTwiceWhatItDoesOnce) {
  const auto tags = sample_taxonomy();
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    auto once = random_events(seed).next();
    canonicalise(once, tags);
    auto twice = once;
    canonicalise(twice, tags);
    ASSERT_TRUE(MessageDifferencer::Equals(once, twice)) << "seed " << seed << "\n" << once.DebugString();
    ASSERT_FALSE(once.idempotency_key().empty());
  }
}

} // namespace
} // namespace cxstream::model
