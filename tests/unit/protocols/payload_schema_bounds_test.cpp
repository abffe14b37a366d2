// payload_schema against payloads that were made to make it remember too much.
#include "payload_schema_fixture.hpp"

namespace cxstream::protocols {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> paths(const payload_schema& schema) {
  std::vector<std::string> out;
  const auto state = schema.state();
  for (const auto& field : state.fields())
    out.push_back(field.path());
  return out;
}

tree record(std::size_t from, std::size_t count, const std::string& prefix, const tree& value) {
  std::vector<std::pair<std::string, tree>> members;
  for (std::size_t i = from; i < from + count; ++i)
    members.emplace_back(prefix + std::to_string(i), value);
  return object(std::move(members));
}

TEST(PayloadSchemaBounds, KeysThatLookLikeIdsCountAsOne) {
  fed_schema fed({3, {}});
  for (std::size_t n = 0; n < 300; ++n)
    EXPECT_THAT(fed.take(object({{"by_user", record(n * 5, 5, "", object({{"name", number()}}))}})).noted.size(),
                testing::Le(5u));
  EXPECT_THAT(paths(fed.schema), ElementsAre("", "by_user", "by_user.*", "by_user.*.name"));
  const auto& timeline = fed.schema.timeline();
  EXPECT_EQ(timeline.back().path(), "by_user.*");
  EXPECT_LE(timeline.size(), 65u);
}

TEST(PayloadSchemaBounds, WordsForKeysCountAsOneWhenNoPayloadShowsMostOfThem) {
  fed_schema fed({1, {}});
  for (std::size_t n = 0; n < 100; ++n)
    (void)fed.take(object({{"tags", record(n, 2, "keyword_nr_", number())}}));
  EXPECT_THAT(paths(fed.schema), ElementsAre("", "tags", "tags.*"));
}

TEST(PayloadSchemaBounds, AWideRecordIsNoDictionary) {
  fed_schema fed({3, {}});
  for (std::size_t n = 0; n < 10; ++n)
    EXPECT_THAT(fed.take(record(0, 150, "column_with_name_", number())).noted, IsEmpty());
  EXPECT_THAT(paths(fed.schema), SizeIs(151));
  EXPECT_THAT(fed.take(record(0, 151, "column_with_name_", number())).noted,
              ElementsAre(IsDrift(v1::DRIFT_NEW_FIELD, "column_with_name_150")));
}

TEST(PayloadSchemaBounds, TheWholePayloadMayBeADictionary) {
  fed_schema fed({1, {}});
  for (std::size_t n = 0; n < 100; ++n)
    (void)fed.take(record(n * 10, 10, "id", list({object({{"x", number()}})})));
  EXPECT_THAT(paths(fed.schema), ElementsAre("", "*", "*[]", "*[].x"));
}

TEST(PayloadSchemaBounds, NeverKnowsMoreThanTwoThousandPlaces) {
  fed_schema fed({1, {}});
  for (std::size_t n = 0; n < 60; ++n) {
    std::vector<std::pair<std::string, tree>> members;
    for (std::size_t m = 0; m < 60; ++m)
      members.emplace_back("m" + std::string(m + 1, 'x'), record(0, 60, "kind_of_key_" + std::to_string(n), number()));
    const auto judged = fed.take(object(std::move(members)));
    ASSERT_LE(judged.noted.size(), payload_schema::noted_max);
    ASSERT_LE(fed.schema.summary().fields(), schema_bounds::places);
  }
  EXPECT_TRUE(fed.schema.state().full() || fed.schema.summary().fields() < schema_bounds::places);
  EXPECT_LE(fed.schema.timeline().size(), payload_schema::timeline_max);
}

TEST(PayloadSchemaBounds, IsNotJudgedBeyondTheLastPlaceThatFits) {
  fed_schema fed({1, {v1::DRIFT_NEW_FIELD}});
  std::vector<std::pair<std::string, tree>> members;
  for (std::size_t m = 0; m < 40; ++m)
    members.emplace_back("m" + std::string(m + 1, 'x'), record(0, 60, "some_long_key_", number()));
  (void)fed.take(object(std::move(members)));
  EXPECT_TRUE(fed.schema.state().full());
  EXPECT_EQ(fed.schema.summary().fields(), schema_bounds::places);
  EXPECT_FALSE(fed.take(object({{"other", number()}})).held);
}

TEST(PayloadSchemaBounds, LooksSixteenLevelsDeep) {
  fed_schema fed({1, {}});
  tree deep = number();
  for (int n = 0; n < 100; ++n)
    deep = object({{"d", deep}});
  (void)fed.take(deep);
  EXPECT_THAT(paths(fed.schema), SizeIs(schema_bounds::depth + 1));
}

TEST(PayloadSchemaBounds, HoldsABoundedNumberOfChanges) {
  fed_schema fed({1, {v1::DRIFT_NEW_FIELD}});
  (void)fed.take(object({}));
  for (std::size_t n = 0; n < 1'000; ++n)
    EXPECT_TRUE(fed.take(object({{"word" + std::string(n % 100 + 1, 'x') + std::to_string(n), number()}})).held);
  EXPECT_EQ(fed.schema.summary().held(), payload_schema::held_max);
  EXPECT_EQ(fed.schema.summary().fields(), 1u);
  EXPECT_EQ(fed.schema.accept(fed.now), payload_schema::held_max);
}

TEST(PayloadSchemaBounds, CutsLongKeysBetweenCharacters) {
  fed_schema fed({1, {}});
  std::string key(127, 'k');
  for (int n = 0; n < 40; ++n)
    key += "ü";
  (void)fed.take(object({{key, number()}}));
  EXPECT_THAT(paths(fed.schema), ElementsAre("", std::string(127, 'k')));
}

TEST(PayloadSchemaBounds, AHundredThousandElementsAreOnePlace) {
  fed_schema fed({1, {}});
  (void)fed.take(list(std::vector<tree>(100'000, text("x"))));
  EXPECT_THAT(paths(fed.schema), ElementsAre("", "[]"));
}

} // namespace
} // namespace cxstream::protocols
