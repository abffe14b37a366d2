#include "payload_schema_fixture.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <random>

namespace cxstream::protocols {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const v1::SchemaField* field(const v1::SourceSchema& schema, const std::string& path) {
  for (const auto& each : schema.fields())
    if (each.path() == path)
      return &each;
  return nullptr;
}

TEST(PayloadSchema, LearnsTheFirstPayloadsWithoutAWord) {
  fed_schema fed({5, {}});
  for (int n = 0; n < 4; ++n)
    EXPECT_THAT(fed.take(ticket(n, {{"field" + std::to_string(n), number()}})).noted, IsEmpty());
  EXPECT_EQ(fed.schema.version(), 0u);
  EXPECT_EQ(fed.schema.summary().learning(), 1u);
  EXPECT_THAT(fed.take(ticket(4)).noted, IsEmpty());
  EXPECT_EQ(fed.schema.version(), 1u);
  const auto state = fed.schema.state();
  const auto* status = field(state, "status");
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->present(), 5u);
  EXPECT_THAT(status->kinds(), ElementsAre(0, 0, 0, 5, 0, 0));
  EXPECT_THAT(status->values(), SizeIs(3));
  EXPECT_EQ(status->values(0).text(), "open");
  EXPECT_EQ(status->values(0).payloads(), 2u);
}

TEST(PayloadSchema, NotesANewFieldOnceAndKnowsItFromThenOn) {
  fed_schema fed;
  fed.take_usual(200);
  const auto changed = ticket(0, {{"satisfaction", object({{"score", text("good")}})}});
  const auto first = fed.take(changed);
  EXPECT_FALSE(first.held);
  ASSERT_THAT(first.noted, ElementsAre(IsDrift(v1::DRIFT_NEW_FIELD, "satisfaction")));
  EXPECT_EQ(first.noted[0].schema_version(), 2u);
  EXPECT_EQ(first.noted[0].detail(), "object");
  EXPECT_THAT(fed.take(changed).noted, IsEmpty());
  fed.take_usual(300);
  EXPECT_THAT(fed.take(changed).noted, IsEmpty());
  EXPECT_EQ(fed.schema.version(), 2u);
  EXPECT_THAT(fed.schema.timeline(), SizeIs(1));
}

TEST(PayloadSchema, NotesATypeChangeOnce) {
  fed_schema fed;
  fed.take_usual(200);
  const auto changed = object({{"id", text("17")}, {"status", text("open")}});
  const auto first = fed.take(changed);
  ASSERT_THAT(first.noted, ElementsAre(IsDrift(v1::DRIFT_TYPE_CHANGE, "id")));
  EXPECT_EQ(first.noted[0].detail(), "text; was always number");
  EXPECT_THAT(fed.take(changed).noted, IsEmpty());
}

TEST(PayloadSchema, NotesANewValueOfAVocabularyOnce) {
  fed_schema fed;
  fed.take_usual(200);
  const auto changed = object({{"id", number()}, {"status", text("on_hold")}});
  const auto first = fed.take(changed);
  ASSERT_THAT(first.noted, ElementsAre(IsDrift(v1::DRIFT_NEW_VALUE, "status")));
  EXPECT_EQ(first.noted[0].detail(), "\"on_hold\" is not among the 3 values known");
  EXPECT_THAT(fed.take(changed).noted, IsEmpty());
}

TEST(PayloadSchema, TextsThatAreNeverTheSameAreNoVocabulary) {
  fed_schema fed({20, {}});
  for (int n = 0; n < 400; ++n)
    EXPECT_THAT(fed.take(ticket(n, {{"subject", text("no. " + std::to_string(n))}})).noted, IsEmpty()) << n;
  const auto state = fed.schema.state();
  EXPECT_TRUE(field(state, "subject")->free_text());
  EXPECT_THAT(field(state, "subject")->values(), IsEmpty());
  EXPECT_THAT(fed.take(ticket(1, {{"subject", text(std::string(500, 'x'))}})).noted, IsEmpty());
}

TEST(PayloadSchema, NotesAFieldThatWentMissingOnceAndAgainOnlyAfterItWasBack) {
  fed_schema fed;
  const std::vector<std::pair<std::string, tree>> with{{"agent", object({{"name", text("Ada")}})}};
  fed.take_usual(300, with);
  fed.take_usual(49);
  fed.take_usual(1, with); // back just in time
  fed.take_usual(4'900, with);
  fed.take_usual(49);
  const auto fiftieth = fed.take(ticket(0));
  ASSERT_THAT(fiftieth.noted, ElementsAre(IsDrift(v1::DRIFT_MISSING_FIELD, "agent")));
  EXPECT_EQ(fiftieth.noted[0].detail(), "was in 99 of 100 payloads, and in none of the last 50");
  fed.take_usual(500);
  fed.take_usual(199, with);
  fed.take_usual(60); // not yet counted over enough payloads
  EXPECT_EQ(fed.schema.version(), 2u);
  fed.take_usual(20'000, with);
  fed.take_usual(49);
  EXPECT_THAT(fed.take(ticket(0)).noted, ElementsAre(IsDrift(v1::DRIFT_MISSING_FIELD, "agent")));
}

TEST(PayloadSchema, AFieldThatWasOftenAbsentDoesNotGoMissing) {
  fed_schema fed;
  for (int n = 0; n < 100; ++n) {
    fed.take_usual(9, {{"agent", number()}});
    fed.take_usual(1);
  }
  fed.take_usual(200);
}

TEST(PayloadSchema, APayloadThatWasNotLookedAtInFullMissesNothing) {
  fed_schema fed;
  fed.take_usual(200, {{"agent", number()}});
  for (int n = 0; n < 60; ++n)
    EXPECT_THAT(fed.schema.take(observe(ticket(n)), false, fed.now).noted, IsEmpty());
}

TEST(PayloadSchema, HoldsPayloadsOfAHeldKindUntilTheyAreAccepted) {
  fed_schema fed({50, {v1::DRIFT_NEW_FIELD}});
  fed.take_usual(50);
  const auto changed = ticket(0, {{"survey", object({{"score", number()}})}});
  const auto before = fed.schema.summary();
  const auto first = fed.take(changed);
  EXPECT_TRUE(first.held);
  EXPECT_EQ(first.why, "the field \"survey\" is new (object)");
  ASSERT_THAT(first.noted, ElementsAre(IsDrift(v1::DRIFT_NEW_FIELD, "survey")));
  EXPECT_TRUE(first.noted[0].held());
  const auto second = fed.take(changed);
  EXPECT_TRUE(second.held);
  EXPECT_THAT(second.noted, IsEmpty());
  EXPECT_NE(fed.schema.judge_again(observe(changed), true), "");
  EXPECT_EQ(fed.schema.summary().payloads(), before.payloads());
  EXPECT_EQ(fed.schema.summary().fields(), before.fields());
  EXPECT_EQ(fed.schema.summary().violations(), 2u);
  fed.take_usual(10);
  EXPECT_EQ(fed.schema.accept(fed.now), 1u);
  EXPECT_EQ(fed.schema.version(), 2u);
  EXPECT_EQ(fed.schema.judge_again(observe(changed), true), "");
  EXPECT_FALSE(fed.take(changed).held);
  ASSERT_THAT(fed.schema.timeline(), SizeIs(1));
  EXPECT_FALSE(fed.schema.timeline()[0].held());
  EXPECT_TRUE(fed.schema.timeline()[0].has_accepted_at());
  EXPECT_EQ(fed.schema.timeline()[0].schema_version(), 2u);
  EXPECT_EQ(fed.schema.accept(fed.now), 0u);
}

TEST(PayloadSchema, HoldsTypesValuesAndMissingFieldsToo) {
  fed_schema fed({50, {v1::DRIFT_TYPE_CHANGE, v1::DRIFT_NEW_VALUE, v1::DRIFT_MISSING_FIELD}});
  fed.take_usual(200, {{"agent", number()}});
  const auto type = ticket(0, {{"agent", text("Ada")}});
  const auto value = object({{"id", number()}, {"status", text("closed")}, {"agent", number()}});
  EXPECT_TRUE(fed.take(type).held);
  EXPECT_TRUE(fed.take(value).held);
  EXPECT_THAT(fed.take(ticket(0, {{"agent", number()}, {"note", number()}})).noted,
              ElementsAre(IsDrift(v1::DRIFT_NEW_FIELD, "note"))); // of a kind that is not held
  fed.take_usual(49);
  EXPECT_TRUE(fed.take(ticket(0)).held);
  fed.take_usual(1, {{"agent", number()}});
  EXPECT_TRUE(fed.take(ticket(0)).held); // until accepted, though it came once in between
  EXPECT_EQ(fed.schema.summary().held(), 3u);
  fed.restart();
  EXPECT_TRUE(fed.take(ticket(0)).held);
  EXPECT_EQ(fed.schema.accept(fed.now), 3u);
  EXPECT_FALSE(fed.take(type).held);
  EXPECT_FALSE(fed.take(value).held);
  fed.take_usual(100);
}

TEST(PayloadSchema, ListsAViolationOfTheJsonSchemaOncePerPlace) {
  fed_schema fed;
  EXPECT_THAT(fed.schema.violated("/id", "must be a number", true, fed.now),
              ElementsAre(IsDrift(v1::DRIFT_SCHEMA_VIOLATION, "/id")));
  EXPECT_THAT(fed.schema.violated("/id", "must be a number", true, fed.now), IsEmpty());
  EXPECT_EQ(fed.schema.summary().violations(), 2u);
  EXPECT_EQ(fed.schema.version(), 0u);
}

// A payload of what a seeded generator likes: known and new fields, all types, lists, odd keys.
tree any_tree(std::mt19937& dice, int depth) {
  static const std::array keys{"a", "b", "c", "tags", "x.y", "", "*", "[]", "\"", "üñí", "long key with spaces"};
  switch (dice() % (depth > 3 ? 4 : 6)) {
    case 0:
      return {value_kind::null};
    case 1:
      return {value_kind::boolean};
    case 2:
      return number();
    case 3:
      return text("v" + std::to_string(dice() % 40));
    case 4: {
      std::vector<tree> elements;
      for (auto n = dice() % 4; n > 0; --n)
        elements.push_back(any_tree(dice, depth + 1));
      return list(std::move(elements));
    }
    default: {
      std::map<std::string, tree> members;
      for (auto n = dice() % 6; n > 0; --n)
        members.emplace(keys[dice() % keys.size()], any_tree(dice, depth + 1));
      return object({members.begin(), members.end()});
    }
  }
}

TEST(PayloadSchema, TheSamePayloadsGiveTheSameStateAlsoOverRestarts) {
  std::size_t drifts = 0, held = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const schema_policy policy{30, seed % 2 == 0 ? std::set{v1::DRIFT_NEW_FIELD, v1::DRIFT_TYPE_CHANGE}
                                                 : std::set<v1::DriftKind>{}};
    fed_schema steady(policy), restarted(policy);
    std::mt19937 dice(seed);
    for (int n = 0; n < 200; ++n) {
      const auto payload = any_tree(dice, 0);
      const auto a = steady.take(payload);
      const auto b = restarted.take(payload);
      EXPECT_EQ(a.held, b.held);
      EXPECT_EQ(a.noted.size(), b.noted.size());
      drifts += a.noted.size();
      held += a.held ? 1 : 0;
      if (dice() % 10 == 0)
        restarted.restart();
      if (dice() % 60 == 0) {
        EXPECT_EQ(steady.schema.accept(steady.now), restarted.schema.accept(restarted.now));
      }
    }
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(steady.schema.state(), restarted.schema.state()));
  }
  EXPECT_GT(drifts, 200u);
  EXPECT_GT(held, 200u);
}

// Whatever came, the same payload right after it was taken is no change any more.
TEST(PayloadSchema, WhatWasTakenIsKnown) {
  std::size_t changed = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    fed_schema fed({10, {}});
    std::mt19937 dice(seed);
    for (int n = 0; n < 150; ++n) {
      const auto payload = any_tree(dice, 0);
      changed += fed.take(payload).noted.empty() ? 0 : 1;
      for (const auto& drift : fed.take(payload).noted)
        EXPECT_EQ(drift.kind(), v1::DRIFT_MISSING_FIELD) << "seed " << seed << ": " << drift.ShortDebugString();
    }
  }
  EXPECT_GT(changed, 100u);
}

} // namespace
} // namespace cxstream::protocols
