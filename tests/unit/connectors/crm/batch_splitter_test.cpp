#include "connectors/crm/batch_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace cxstream::connectors {
namespace {

using ports::delivery_outcome;
using ports::delivery_result;
using testing::Each;
using testing::Field;

const delivery_outcome bad{delivery_result::permanent, "bad", std::nullopt};
const delivery_outcome busy{delivery_result::throttled, "busy", std::chrono::milliseconds{7}};

batch_answer all_written(std::size_t records) {
  return each_of(std::vector<delivery_outcome>(records));
}

// A target that refuses every request with one of these in it, and counts who was written.
struct picky_target {
  std::set<std::size_t> poisoned;
  std::map<std::size_t, int> written;
  int requests = 0;

  batch_answer take(record_range range) {
    ++requests;
    for (auto i = range.from; i < range.to; ++i)
      if (poisoned.contains(i))
        return refused_whole(bad);
    for (auto i = range.from; i < range.to; ++i)
      ++written[i];
    return all_written(range.size());
  }
};

TEST(BatchSplitter, CutsRecordsIntoRequestsOfTheLargestSize) {
  batch_splitter splitter(450, 200);
  std::vector<record_range> sent;
  while (const auto range = splitter.next()) {
    sent.push_back(*range);
    splitter.answer(all_written(range->size()));
  }
  EXPECT_THAT(sent, testing::ElementsAre(record_range{0, 200}, record_range{200, 400}, record_range{400, 450}));
  EXPECT_THAT(std::move(splitter).take(), Each(Field(&delivery_outcome::result, delivery_result::delivered)));
}

TEST(BatchSplitter, OnePoisonedRecordOfTwoHundredIsFoundAndTheOthersAreWrittenOnce) {
  for (const std::size_t poison : {0U, 1U, 99U, 100U, 137U, 199U}) {
    picky_target target{{poison}, {}};
    batch_splitter splitter(200, 200);
    while (const auto range = splitter.next())
      splitter.answer(target.take(*range));
    const auto outcomes = std::move(splitter).take();
    for (std::size_t i = 0; i < 200; ++i) {
      EXPECT_EQ(outcomes[i].result, i == poison ? delivery_result::permanent : delivery_result::delivered) << i;
      EXPECT_EQ(target.written[i], i == poison ? 0 : 1) << i;
    }
    EXPECT_LE(target.requests, 1 + 2 * 8) << "200 records halve eight times";
  }
}

TEST(BatchSplitter, WhateverIsPoisonedEveryOtherRecordIsWrittenOnceAndEachIsAnswered) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto records = 1 + random() % 150;
    const auto records_max = 1 + random() % 60;
    picky_target target;
    for (std::size_t i = 0; i < records; ++i)
      if (random() % 7 == 0)
        target.poisoned.insert(i);
    batch_splitter splitter(records, records_max);
    while (const auto range = splitter.next()) {
      ASSERT_LE(range->size(), records_max) << "seed " << seed;
      splitter.answer(target.take(*range));
    }
    const auto outcomes = std::move(splitter).take();
    ASSERT_EQ(outcomes.size(), records);
    for (std::size_t i = 0; i < records; ++i) {
      const bool is_bad = target.poisoned.contains(i);
      EXPECT_EQ(outcomes[i].result, is_bad ? delivery_result::permanent : delivery_result::delivered)
          << "seed " << seed << ", record " << i;
      EXPECT_EQ(target.written[i], is_bad ? 0 : 1) << "seed " << seed << ", record " << i;
    }
  }
}

TEST(BatchSplitter, WhenTheTargetWantsAPauseNothingMoreIsSent) {
  batch_splitter splitter(500, 100);
  splitter.answer(all_written(100));
  splitter.answer(failed_whole(busy));
  EXPECT_FALSE(splitter.next());
  const auto outcomes = std::move(splitter).take();
  EXPECT_EQ(outcomes[99].result, delivery_result::delivered);
  for (std::size_t i = 100; i < 500; ++i)
    ASSERT_EQ(outcomes[i].result, delivery_result::throttled) << i;
}

TEST(BatchSplitter, ARequestThatFailsForAMomentLeavesTheOthersTheirTurn) {
  batch_splitter splitter(200, 100);
  splitter.answer(failed_whole({delivery_result::transient, "502", std::nullopt}));
  ASSERT_TRUE(splitter.next());
  splitter.answer(all_written(100));
  const auto outcomes = std::move(splitter).take();
  EXPECT_EQ(outcomes[0].result, delivery_result::transient);
  EXPECT_EQ(outcomes[100].result, delivery_result::delivered);
}

TEST(BatchSplitter, AnAnswerAboutAnotherNumberOfRecordsIsAboutNone) {
  batch_splitter splitter(3, 10);
  splitter.answer(all_written(2));
  EXPECT_THAT(std::move(splitter).take(), Each(Field(&delivery_outcome::result, delivery_result::transient)));
}

} // namespace
} // namespace cxstream::connectors
