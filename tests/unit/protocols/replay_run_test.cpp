#include "protocols/replay_run.hpp"

#include <gmock/gmock.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using result = replay_result;

class ReplayRun : public testing::Test {
protected:
  void start(replay_limits limits, std::vector<std::uint64_t> ends = {100}, double rate = 0) {
    v1::Replay job;
    job.set_id("r");
    job.set_state(v1::REPLAY_RUNNING);
    job.set_events_per_second(rate);
    for (std::uint32_t p = 0; p < ends.size(); ++p) {
      auto& place = *job.add_places();
      place.set_partition(p);
      place.set_end_offset(ends[p]);
    }
    limits.retry = {{1s, 10s, 2.0, 0.0}, 3};
    run.emplace(job, limits, now);
    pump();
  }
  void pump() {
    fx = {};
    run->pump(now, fx);
  }
  // Selected events of these tickets, at offsets from 0 on.
  void page(std::uint16_t partition, const std::vector<std::string>& tickets, std::uint64_t next) {
    std::vector<history_item> items;
    for (std::uint64_t i = 0; i < tickets.size(); ++i)
      items.push_back({base::log_offset{i}, base::ticket_sequence{i + 1}, tickets[i], "bytes", false});
    fx = {};
    run->on_page(base::partition_id{partition}, 50, std::move(items), base::log_offset{next}, now, fx);
  }
  void answer(const std::vector<result>& results, std::uint16_t partition = 0) {
    std::vector<replay_outcome> outcomes;
    for (auto r : results)
      outcomes.push_back({r, r == result::failed || r == result::refused ? "it failed" : ""});
    fx = {};
    run->on_outcomes(base::partition_id{partition}, outcomes, now, 0.0, fx);
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> out;
    for (const auto& s : fx.sends)
      for (const auto& e : s.events)
        out.push_back(e.ticket_id);
    return out;
  }

  base::timestamp now = base::from_us(1'000'000'000);
  std::optional<replay_run> run;
  replay_effects fx;
};

TEST_F(ReplayRun, ReadsSendsAndCountsUntilItHasComeToTheEndOfItsHistory) {
  start({.send_events_max = 2});
  ASSERT_THAT(fx.reads, SizeIs(1));
  EXPECT_EQ(fx.reads[0].end.value, 100u);
  page(0, {"a", "b", "c"}, 60);
  EXPECT_THAT(sent(), ElementsAre("a", "b"));
  answer({result::delivered, result::delivered});
  EXPECT_THAT(sent(), ElementsAre("c"));
  EXPECT_EQ(run->job().delivered(), 0u) << "the chunk is not done";
  answer({result::left_to_sink});
  EXPECT_EQ(run->job().delivered(), 2u);
  EXPECT_EQ(run->job().left_to_sink(), 1u);
  EXPECT_EQ(run->job().places(0).next_offset(), 60u);
  ASSERT_THAT(fx.reads, SizeIs(1));
  page(0, {}, 100);
  EXPECT_TRUE(run->over());
  EXPECT_EQ(run->job().state(), v1::REPLAY_DONE);
  EXPECT_EQ(run->job().looked_at(), 100u);
}

TEST_F(ReplayRun, GoesOnFromWhereItWasWritten) {
  start({});
  page(0, {"a"}, 60);
  answer({result::delivered});
  const auto written = run->job();
  run.emplace(written, replay_limits{}, now);
  pump();
  ASSERT_THAT(fx.reads, SizeIs(1));
  EXPECT_EQ(fx.reads[0].from.value, 60u);
  EXPECT_EQ(run->job().delivered(), 1u);
}

TEST_F(ReplayRun, TriesABusyTicketAgainInAMomentWithoutSpendingAttempts) {
  start({});
  page(0, {"a"}, 100);
  for (int i = 0; i < 20; ++i) {
    answer({result::busy});
    EXPECT_THAT(sent(), IsEmpty());
    ASSERT_TRUE(run->next_due().has_value());
    now = *run->next_due();
    pump();
    EXPECT_THAT(sent(), ElementsAre("a"));
  }
  answer({result::delivered});
  EXPECT_EQ(run->job().delivered(), 1u);
}

TEST_F(ReplayRun, GivesAnEventUpThatFailsTooOftenAndNamesIt) {
  start({});
  page(0, {"a"}, 100);
  answer({result::failed});
  EXPECT_EQ(*run->next_due(), now + 1s);
  now = *run->next_due();
  pump();
  answer({result::failed});
  now = *run->next_due();
  pump();
  answer({result::failed});
  EXPECT_EQ(run->job().failed(), 1u);
  ASSERT_EQ(run->job().failures_size(), 1);
  EXPECT_EQ(run->job().failures(0).reason(), "it failed");
  EXPECT_TRUE(run->over());
}

TEST_F(ReplayRun, SendsWhatFailedBeforeWhatCameAfterIt) {
  start({.send_events_max = 2});
  page(0, {"a", "b", "c"}, 100);
  answer({result::failed, result::delivered});
  now = *run->next_due();
  pump();
  EXPECT_THAT(sent(), ElementsAre("a", "c"));
}

TEST_F(ReplayRun, WhereStateIsSentATicketIsSentOnce) {
  start({.send_events_max = 8, .sends_state = true});
  page(0, {"a", "b", "a"}, 50);
  EXPECT_THAT(sent(), ElementsAre("b", "a"));
  answer({result::delivered, result::delivered});
  EXPECT_EQ(run->job().carried(), 1u);
  page(0, {"a", "c"}, 100);
  EXPECT_THAT(sent(), ElementsAre("c"));
}

TEST_F(ReplayRun, KeepsItsRate) {
  start({.send_events_max = 8}, {100}, 4);
  page(0, {"a", "b", "c", "d", "e", "f", "g"}, 100);
  std::size_t in_a_second = sent().size();
  const auto end = now + 1s;
  while (now < end) {
    answer(std::vector<result>(8, result::delivered));
    if (sent().empty()) {
      if (!run->next_due())
        break;
      now = std::max(now + 1ms, *run->next_due());
      pump();
    }
    in_a_second += now < end ? sent().size() : 0;
  }
  EXPECT_LE(in_a_second, 8u); // a burst of a second's worth, and a second
}

TEST_F(ReplayRun, SendsNothingWhilePausedAndNothingMoreOnceCancelled) {
  start({});
  page(0, {"a", "b"}, 100);
  run->pause();
  answer({result::delivered});
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(run->next_due(), std::nullopt);
  run->resume();
  pump();
  EXPECT_THAT(sent(), ElementsAre("b"));
  run->cancel(now);
  answer({result::busy});
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_TRUE(run->over());
  EXPECT_EQ(run->job().state(), v1::REPLAY_CANCELLED);
}

TEST_F(ReplayRun, WorksOnSeveralPartitionsAtATimeAndNoMore) {
  start({.partitions_at_once = 2}, {10, 10, 10});
  EXPECT_THAT(fx.reads, SizeIs(2));
  page(0, {}, 10);
  ASSERT_THAT(fx.reads, SizeIs(1));
  EXPECT_EQ(fx.reads[0].partition.value, 2u);
}

TEST_F(ReplayRun, ReadsAgainWhatCouldNotBeRead) {
  start({});
  run->on_unreadable(base::partition_id{0}, "disk", now);
  pump();
  EXPECT_THAT(fx.reads, IsEmpty());
  now = *run->next_due();
  pump();
  EXPECT_THAT(fx.reads, SizeIs(1));
  EXPECT_EQ(run->job().last_error(), "disk");
}

} // namespace
} // namespace cxstream::protocols
