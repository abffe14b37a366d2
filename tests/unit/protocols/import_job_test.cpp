#include "protocols/import_job.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;
using base::error_code;

constexpr base::timestamp noon = base::from_us(1'700'000'000'000'000);

v1::ImportJobRecord fresh() {
  v1::ImportJobRecord record;
  record.mutable_job()->set_id("a");
  record.mutable_job()->set_state(v1::IMPORT_QUEUED);
  return record;
}

taken_rows rows(std::uint64_t count, bool at_end = false) {
  taken_rows out;
  out.counts.set_rows(count);
  out.counts.set_accepted(count);
  out.at_end = at_end;
  return out;
}

template <class Effect>
bool is(const import_effect& effect) {
  return std::holds_alternative<Effect>(effect);
}

// Up to the moment in which it wants rows.
import_effect started(import_job& job) {
  EXPECT_TRUE(is<store_import>(job.begin(noon)));
  EXPECT_TRUE(is<open_import>(job.stored(noon)));
  return job.opened(noon);
}

TEST(ImportJob, StoresThatItRunsBeforeItTouchesTheFile) {
  import_job job(fresh(), {});
  EXPECT_TRUE(job.may_begin());
  EXPECT_TRUE(is<take_rows>(started(job)));
  EXPECT_EQ(job.state(), v1::IMPORT_RUNNING);
  EXPECT_TRUE(job.record().job().has_started_at());
  EXPECT_FALSE(job.may_begin()) << "one runner has it";
}

TEST(ImportJob, TheRowsOfABatchCountOnceTheyAreStored) {
  import_job job(fresh(), {});
  started(job);
  EXPECT_TRUE(is<store_import>(job.taken(rows(7), noon)));
  EXPECT_TRUE(is<take_rows>(job.stored(noon)));
  EXPECT_TRUE(is<store_import>(job.taken(rows(3, true), noon)));
  EXPECT_TRUE(is<end_import>(job.stored(noon)));
  job.ended();
  EXPECT_EQ(job.state(), v1::IMPORT_DONE);
  EXPECT_EQ(job.record().job().counts().rows(), 10u);
  EXPECT_TRUE(job.needs_no_file());
  EXPECT_TRUE(job.is_at_end());
}

TEST(ImportJob, ResumedItPassesOverTheRowsThatCountInSmallSteps) {
  auto record = fresh();
  record.mutable_job()->set_state(v1::IMPORT_RUNNING); // when the node died
  record.mutable_job()->mutable_counts()->set_rows(10'000);
  record.set_rejects_bytes(77);
  import_job job(record, {});
  EXPECT_TRUE(job.may_begin());
  job.begin(noon);
  const auto open = job.stored(noon);
  ASSERT_TRUE(is<open_import>(open));
  EXPECT_EQ(std::get<open_import>(open).rejects_bytes, 77u);
  auto effect = job.opened(noon);
  std::uint64_t passed = 0;
  for (; is<skip_rows>(effect); effect = job.skipped(std::get<skip_rows>(effect).rows_max, false, noon))
    passed += std::get<skip_rows>(effect).rows_max;
  EXPECT_EQ(passed, 10'000u);
  EXPECT_TRUE(is<take_rows>(effect));
}

TEST(ImportJob, AFileThatHasFewerRowsThanWereReadIsNotTheSame) {
  auto record = fresh();
  record.mutable_job()->mutable_counts()->set_rows(10);
  import_job job(record, {});
  EXPECT_TRUE(is<skip_rows>(started(job)));
  EXPECT_TRUE(is<store_import>(job.skipped(9, true, noon)));
  EXPECT_EQ(job.state(), v1::IMPORT_FAILED);
}

TEST(ImportJob, AWishHoldsAtOnceAndTheBatchUnderWayStillCounts) {
  import_job job(fresh(), {});
  started(job);
  ASSERT_TRUE(job.pause());
  EXPECT_EQ(job.state(), v1::IMPORT_PAUSED);
  EXPECT_TRUE(is<store_import>(job.taken(rows(5), noon)));
  EXPECT_TRUE(is<end_import>(job.stored(noon)));
  job.ended();
  EXPECT_EQ(job.record().job().counts().rows(), 5u);
  EXPECT_FALSE(job.may_begin());
  ASSERT_TRUE(job.resume());
  EXPECT_TRUE(job.may_begin());
}

TEST(ImportJob, ResumedWhileItsLastBatchIsUnderWayItWaitsForAnotherTurn) {
  import_job job(fresh(), {});
  started(job);
  ASSERT_TRUE(job.pause());
  ASSERT_TRUE(job.resume());
  EXPECT_FALSE(job.may_begin()) << "its runner still has the file";
  job.taken(rows(5), noon);
  EXPECT_TRUE(is<end_import>(job.stored(noon)));
  job.ended();
  EXPECT_TRUE(job.may_begin());
}

TEST(ImportJob, WhatIsOverCannotBeSteered) {
  import_job job(fresh(), {});
  started(job);
  job.taken(rows(1, true), noon);
  job.stored(noon);
  job.ended();
  for (const auto& refused : {job.pause(), job.resume(), job.cancel(noon)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.err().code, error_code::failed_precondition);
  }
}

TEST(ImportJob, ACancelledJobKeepsItsFileUntilItsRunnerLetsGo) {
  import_job job(fresh(), {});
  started(job);
  ASSERT_TRUE(job.cancel(noon));
  EXPECT_FALSE(job.needs_no_file());
  job.taken(rows(5), noon);
  job.stored(noon);
  job.ended();
  EXPECT_TRUE(job.needs_no_file());
  EXPECT_EQ(job.state(), v1::IMPORT_CANCELLED);
}

TEST(ImportJob, WhatMayPassIsTriedAgainLessAndLessOftenAndSaysWhy) {
  import_job job(fresh(), {});
  started(job);
  auto last = base::duration::zero();
  for (int i = 0; i < 4; ++i) {
    const auto effect = job.failed({error_code::unavailable, "busy"}, noon);
    ASSERT_TRUE(is<rest_import>(effect));
    EXPECT_GT(std::get<rest_import>(effect).time, last);
    last = std::get<rest_import>(effect).time;
    EXPECT_EQ(job.record().job().problem(), "busy");
    EXPECT_TRUE(is<take_rows>(job.woken(noon)));
  }
  job.taken(rows(1), noon);
  EXPECT_EQ(job.record().job().problem(), "");
}

TEST(ImportJob, WhatWillNeverPassEndsItAndItMayBeResumedWhenThatIsMended) {
  import_job job(fresh(), {});
  started(job);
  EXPECT_TRUE(is<store_import>(job.failed({error_code::malformed, "cut off"}, noon)));
  EXPECT_TRUE(is<end_import>(job.stored(noon)));
  job.ended();
  EXPECT_EQ(job.state(), v1::IMPORT_FAILED);
  EXPECT_EQ(job.record().job().problem(), "cut off");
  EXPECT_FALSE(job.needs_no_file());
  ASSERT_TRUE(job.resume());
  EXPECT_EQ(job.record().job().problem(), "");
  EXPECT_FALSE(job.record().job().has_finished_at());
}

TEST(ImportJob, TooManyRefusedRowsPauseItAndResumedItMayHaveAsManyAgain) {
  import_policy policy;
  policy.refused_max = 10;
  import_job job(fresh(), policy);
  started(job);
  auto bad = rows(10);
  bad.refused = 10;
  job.taken(bad, noon);
  EXPECT_EQ(job.state(), v1::IMPORT_PAUSED);
  EXPECT_NE(job.record().job().problem(), "");
  job.stored(noon);
  job.ended();
  ASSERT_TRUE(job.resume());
  started(job);
  bad.refused = 9;
  job.skipped(10, false, noon);
  job.taken(bad, noon);
  EXPECT_EQ(job.state(), v1::IMPORT_RUNNING);
}

TEST(ImportJob, IsNoFasterThanItsRate) {
  import_policy policy;
  policy.rows_per_s = 100;
  import_job job(fresh(), policy);
  auto now = noon;
  job.begin(now);
  job.stored(now);
  auto effect = job.opened(now);
  std::uint64_t taken = 0;
  while (now < noon + 60s) {
    if (is<take_rows>(effect)) {
      const auto count = std::get<take_rows>(effect).rows_max;
      taken += count;
      job.taken(rows(count), now);
      effect = job.stored(now);
    } else {
      ASSERT_TRUE(is<rest_import>(effect));
      now += std::get<rest_import>(effect).time;
      effect = job.woken(now);
    }
  }
  EXPECT_LE(taken, 60 * 100 + 200u);
  EXPECT_GE(taken, 60 * 100u);
}

// The world of a job: a node that knows events by their rows, a store, and a file of rejects, each as durable as it
// says. The process dies after any number of steps; whatever was not durable is lost.
class killed_import {
public:
  static constexpr std::uint64_t file_rows = 23;

  // Runs until it is done, each life as long as the seed draws. Returns how often it died.
  int run(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    int deaths = 0;
    while (deaths < 1'000 && !live(static_cast<int>(random() % 16)))
      ++deaths;
    return deaths;
  }

  v1::ImportJobRecord stored = fresh();
  std::vector<int> events = std::vector<int>(file_rows); // how often each row took effect: the node knows repeats
  std::vector<std::uint64_t> rejects;                    // rows

private:
  bool live(int steps) {
    import_policy policy;
    policy.batch_rows = 4;
    policy.skip_rows = 3;
    import_job job(stored, policy);
    std::uint64_t place = 0; // in the file, as it is open
    for (auto effect = job.begin(noon); steps-- > 0; effect = carry_out(job, effect, place))
      if (is<end_import>(effect))
        return true;
    return false;
  }

  import_effect carry_out(import_job& job, const import_effect& effect, std::uint64_t& place) {
    if (is<store_import>(effect)) {
      stored = job.record();
      return job.stored(noon);
    }
    if (const auto* open = std::get_if<open_import>(&effect)) {
      place = 0;
      rejects.resize(open->rejects_bytes);
      return job.opened(noon);
    }
    if (const auto* skip = std::get_if<skip_rows>(&effect)) {
      place += skip->rows_max;
      return job.skipped(skip->rows_max, place >= file_rows, noon);
    }
    taken_rows taken;
    for (std::uint32_t i = 0; i < std::get<take_rows>(effect).rows_max && place < file_rows; ++i, ++place) {
      taken.counts.set_rows(i + 1);
      if (place % 5 == 0) {
        rejects.push_back(place);
        ++taken.refused;
      } else {
        events[place] = 1;
      }
    }
    taken.at_end = place == file_rows;
    taken.rejects_bytes = rejects.size();
    return job.taken(taken, noon);
  }
};

TEST(ImportJob, DyingAfterAnyNumberOfStepsItLosesNoRowAndDoublesNone) {
  int deaths = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    killed_import world;
    deaths += world.run(seed);
    EXPECT_EQ(world.stored.job().state(), v1::IMPORT_DONE);
    EXPECT_EQ(world.stored.job().counts().rows(), killed_import::file_rows);
    EXPECT_EQ(world.stored.job().refused_rows(), 5u);
    EXPECT_EQ(world.rejects, (std::vector<std::uint64_t>{0, 5, 10, 15, 20}));
    for (std::uint64_t row = 0; row < killed_import::file_rows; ++row)
      EXPECT_EQ(world.events[row], row % 5 == 0 ? 0 : 1) << row;
  }
  EXPECT_GT(deaths, 600) << "it did die";
}

} // namespace
} // namespace cxstream::protocols
