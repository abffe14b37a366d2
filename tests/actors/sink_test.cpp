#include "actors/sink_stage.hpp"

namespace cxstream::actors {
namespace {

using ports::delivery_result;
using ports::family;
using support::plain_event;
using namespace std::chrono_literals;

class SinkActor : public sink_stage {};

TEST_F(SinkActor, ReadsNothingBeforeItsTargetIsThere) {
  const auto s = start(settings());
  EXPECT_EQ(courier->joined, std::vector{id});
  pass(5s);
  EXPECT_TRUE(behind->demanded.empty());
  begin(s);
  EXPECT_EQ(behind->demanded, offsets{0});
}

TEST_F(SinkActor, KeepsTheAccountOfWhatWasDeliveredAndReadsOn) {
  const auto s = begun(settings());
  supply(s, happen({plain_event("A", "1"), plain_event("A", "2"), plain_event("B", "1")}));
  ASSERT_EQ(courier->requests.size(), 1u);
  EXPECT_EQ(sent(0), (offsets{0, 1, 2}));
  EXPECT_EQ(courier->requests[0].events[1].sequence.value, 2u);
  EXPECT_EQ(behind->demanded, (offsets{0, 3}));
  EXPECT_EQ(account().delivered(), 0u);
  answer_all(s, 0);
  EXPECT_EQ(account().delivered(), 3u);
  EXPECT_EQ(account().next_offset(), 3u);
}

TEST_F(SinkActor, ReadsFromTheStoreWhatThePartitionDoesNotHold) {
  const auto s = begun(settings());
  happen({plain_event("A", "1")});
  happen({plain_event("A", "2")});
  supply(s);
  EXPECT_EQ(sent(0), (offsets{0, 1}));
}

TEST_F(SinkActor, ManySmallRunsBecomeOneDelivery) {
  const auto s = begun(settings());
  const auto runs = {happen({plain_event("A", "1")}), happen({plain_event("B", "1")}), happen({plain_event("A", "2")})};
  supply(s, runs);
  ASSERT_EQ(courier->requests.size(), 1u);
  EXPECT_EQ(sent(0), (offsets{0, 2, 1})); // a ticket's events stay together
  EXPECT_EQ(behind->demanded.back(), 3u);
}

TEST_F(SinkActor, ReadsOnWhereItsWindowWasFullInTheMiddleOfARun) {
  auto config = settings();
  config.limits = {3, 5, 4, 2};
  const auto s = begun(config);
  const std::vector runs{happen({plain_event("A", "1"), plain_event("A", "2")}),
                         happen({plain_event("A", "3"), plain_event("A", "4")})};
  supply(s, runs);
  EXPECT_EQ(sent(0), (offsets{0, 1, 2}));
  answer_all(s, 0);
  EXPECT_EQ(behind->demanded.back(), 3u);
  supply(s, runs.back());
  EXPECT_EQ(sent(1), offsets{3});
}

TEST_F(SinkActor, WhatIsInFlightWhenItEndsIsDeliveredAgainByTheNext) {
  const auto first = begun(settings());
  const auto events = happen({plain_event("A", "1"), plain_event("B", "1")});
  supply(first, events);
  answer(first, 0, {outcome(0, delivery_result::delivered)});
  end(first);
  const auto second = begun(settings());
  EXPECT_EQ(behind->demanded.back(), 1u);
  supply(second, events);
  ASSERT_EQ(courier->requests.size(), 2u);
  EXPECT_EQ(sent(1), offsets{1});
}

TEST_F(SinkActor, WhatItsFilterKeepsOutIsCountedAndNotDelivered) {
  v1::Filter filter;
  filter.add_event_types("ticket.updated");
  const auto s = begun(settings(filter));
  auto noise = plain_event("A", "2");
  noise.set_event_type("ticket.noise");
  supply(s, happen({plain_event("A", "1"), noise}));
  EXPECT_EQ(sent(0), offsets{0});
  answer_all(s, 0);
  EXPECT_EQ(account().filtered(), 1u);
  EXPECT_EQ(account().delivered(), 1u);
}

TEST_F(SinkActor, AFailedTicketWaitsInOrderOnDiskWhileOthersPass) {
  const auto s = begun(settings());
  supply(s, happen({plain_event("A", "1"), plain_event("B", "1")}));
  answer(s, 0, {outcome(0, delivery_result::transient), outcome(1, delivery_result::delivered)});
  supply(s, happen({plain_event("A", "2"), plain_event("B", "2")}));
  ASSERT_EQ(courier->requests.size(), 2u);
  EXPECT_EQ(sent(1), offsets{3});
  EXPECT_EQ(kept(family::waiting), 2u);
  pass(99ms);
  EXPECT_EQ(courier->requests.size(), 2u);
  pass(1ms);
  ASSERT_EQ(courier->requests.size(), 3u);
  EXPECT_EQ(sent(2), offsets{0});
  EXPECT_EQ(courier->requests[2].events[0].attempt, 2u);
  answer_all(s, 2);
  answer_all(s, 1);
  ASSERT_EQ(courier->requests.size(), 4u);
  EXPECT_EQ(sent(3), offsets{2});
  answer_all(s, 3);
  EXPECT_EQ(kept(family::waiting), 0u);
  EXPECT_EQ(account().delivered(), 4u);
}

TEST_F(SinkActor, WhatWaitsIsFoundByTheNextSinkAndDeliveredWhenItIsDue) {
  const auto first = begun(settings());
  supply(first, happen({plain_event("A", "1")}));
  answer_all(first, 0, delivery_result::transient);
  end(first);
  begun(settings());
  EXPECT_EQ(courier->requests.size(), 1u);
  pass(100ms);
  ASSERT_EQ(courier->requests.size(), 2u);
  EXPECT_EQ(courier->requests[1].events[0].attempt, 2u);
}

TEST_F(SinkActor, WhatTheTargetNeverTakesIsADeadLetterWithAllThatIsKnown) {
  const auto s = begun(settings());
  supply(s, happen({plain_event("A", "1")}));
  answer_all(s, 0, delivery_result::permanent);
  v1::DeadLetter letter;
  ASSERT_EQ(kept(family::dead_letters), 1u);
  ASSERT_TRUE(letter.ParseFromString(store.contents(family::dead_letters).begin()->second));
  EXPECT_EQ(letter.id(), ports::keys::dead_delivery("crm", id, base::log_offset{0}));
  EXPECT_EQ(letter.stage(), v1::DELIVERY);
  EXPECT_EQ(letter.reason(), "permanent");
  EXPECT_EQ(letter.message(), "reason");
  EXPECT_EQ(letter.ticket_id(), "A");
  EXPECT_EQ(letter.ticket_sequence(), 1u);
  EXPECT_EQ(letter.payload(), courier->requests[0].events[0].event);
  EXPECT_EQ(account().dead(), 1u);
  EXPECT_EQ(metrics.events_dead, 1u);
}

TEST_F(SinkActor, GivesAnEventUpWhenItsAttemptsAreSpentAndGoesOnWithItsTicket) {
  const auto s = begun(settings());
  supply(s, happen({plain_event("A", "1")}));
  answer_all(s, 0, delivery_result::transient);
  supply(s, happen({plain_event("A", "2")}));
  for (std::size_t attempt = 1; attempt < 3; ++attempt) {
    pass(200ms);
    ASSERT_EQ(courier->requests.size(), attempt + 1);
    answer_all(s, attempt, delivery_result::transient);
  }
  EXPECT_EQ(account().dead(), 1u);
  ASSERT_EQ(courier->requests.size(), 4u);
  EXPECT_EQ(sent(3), offsets{1});
}

TEST_F(SinkActor, SendsNothingItCouldNotWriteAndBeginsAgainFromWhatIsWritten) {
  auto config = settings();
  config.limits.batch_events_max = 1;
  config.limits.batches_in_flight_max = 1;
  const auto s = begun(config);
  const auto events = happen({plain_event("A", "1"), plain_event("A", "2")});
  supply(s, events);
  store.fail_writes(base::error_code::resource_exhausted);
  answer_all(s, 0);
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(courier->requests.size(), 1u); // the second event may go when the first one's outcome is written
  ASSERT_TRUE(store.mend());
  pass(1s);
  ASSERT_EQ(behind->demanded.back(), 0u);
  supply(s, events);
  ASSERT_EQ(courier->requests.size(), 2u);
  EXPECT_EQ(sent(1), offsets{0});
  answer_all(s, 1);
  EXPECT_EQ(sent(2), offsets{1});
  EXPECT_EQ(account().delivered(), 1u);
}

TEST_F(SinkActor, AfterAFailureItWaitsForEveryAnswerBeforeItSendsAgain) {
  auto config = settings();
  config.limits.batch_events_max = 1;
  const auto s = begun(config);
  const auto events = happen({plain_event("A", "1"), plain_event("B", "1")});
  supply(s, events);
  ASSERT_EQ(courier->requests.size(), 2u);
  store.fail_writes(base::error_code::io);
  answer_all(s, 0);
  ASSERT_TRUE(store.mend());
  const auto demands = behind->demanded.size();
  pass(5s);
  EXPECT_EQ(behind->demanded.size(), demands);
  answer_all(s, 1);
  pass(1s);
  EXPECT_EQ(behind->demanded.size(), demands + 1);
}

TEST_F(SinkActor, DoesNotDeliverTheSameAgainAndAgainWhileNothingCanBeWritten) {
  const auto s = begun(settings());
  const auto events = happen({plain_event("A", "1")});
  supply(s, events);
  store.fail_writes(base::error_code::resource_exhausted);
  answer_all(s, 0);
  const auto demands = behind->demanded.size();
  for (int i = 0; i < 10; ++i)
    pass(1s);
  EXPECT_EQ(behind->demanded.size(), demands);
  ASSERT_TRUE(store.mend());
  pass(1s);
  EXPECT_EQ(behind->demanded.size(), demands + 1);
  supply(s, events);
  answer_all(s, 1);
  EXPECT_EQ(account().delivered(), 1u);
}

TEST_F(SinkActor, AnAnswerFromBeforeTheFailureCountsForNothing) {
  const auto s = begun(settings());
  const auto events = happen({plain_event("A", "1")});
  supply(s, events);
  store.fail_writes(base::error_code::io);
  answer_all(s, 0);
  ASSERT_TRUE(store.mend());
  pass(1s);
  supply(s, events);
  ASSERT_EQ(courier->requests.size(), 2u);
  answer_all(s, 0, delivery_result::permanent);
  EXPECT_EQ(account().dead(), 0u);
  answer_all(s, 1);
  EXPECT_EQ(account().delivered(), 1u);
}

TEST_F(SinkActor, LooksAgainWhenTheHistoryCannotBeRead) {
  const auto s = begun(settings());
  happen({plain_event("A", "1")});
  const auto log = *store.contents(family::log).begin();
  const auto put_log = [&](const std::string& value) {
    ports::write_batch batch;
    batch.put(family::log, log.first, value);
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
  };
  put_log("\xff");
  supply(s);
  EXPECT_EQ(failures, 1);
  EXPECT_TRUE(courier->requests.empty());
  put_log(log.second);
  pass(1s);
  EXPECT_EQ(behind->demanded, (offsets{0, 0}));
  supply(s);
  EXPECT_EQ(sent(0), offsets{0});
}

TEST_F(SinkActor, AHistoryThatIsMissingIsAFailureAndNotAskedForWithoutEnd) {
  const auto s = begun(settings());
  happen({plain_event("A", "1")});
  const auto history = *store.contents(family::history).begin();
  ports::write_batch damage, repair;
  damage.erase(family::history, history.first);
  repair.put(family::history, history.first, history.second);
  ASSERT_TRUE(store.write(damage, ports::durability::synced));
  supply(s);
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(behind->demanded, offsets{0});
  ASSERT_TRUE(store.write(repair, ports::durability::synced));
  pass(1s);
  EXPECT_EQ(behind->demanded, (offsets{0, 0}));
  supply(s);
  EXPECT_EQ(sent(0), offsets{0});
}

TEST_F(SinkActor, StepsBackToWhereItsTargetIsWhenTheTargetLostEvents) {
  const auto first = begun(settings());
  supply(first, happen({plain_event("A", "1"), plain_event("A", "2"), plain_event("A", "3")}));
  answer_all(first, 0);
  end(first);
  const auto second = start(settings());
  begin(second, {true, base::log_offset{1}});
  EXPECT_EQ(behind->demanded.back(), 1u);
  EXPECT_EQ(account().delivered(), 0u);
}

TEST_F(SinkActor, StepsBackAlsoWhenTheStoreFailsAtThatMoment) {
  const auto first = begun(settings());
  supply(first, happen({plain_event("A", "1"), plain_event("A", "2")}));
  answer_all(first, 0);
  end(first);
  const auto second = start(settings());
  const auto joined = courier->joined.size();
  store.fail_writes(base::error_code::io);
  begin(second, {true, base::log_offset{1}});
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(behind->demanded.back(), 2u);
  ASSERT_TRUE(store.mend());
  pass(1s);
  EXPECT_EQ(courier->joined.size(), joined + 1);
  begin(second, {true, base::log_offset{1}});
  EXPECT_EQ(behind->demanded.back(), 1u);
}

TEST_F(SinkActor, StaysWhereItIsWhenTheTargetLacksOnlyWhatItNeverWanted) {
  v1::Filter filter;
  filter.add_event_types("ticket.updated");
  const auto first = begun(settings(filter));
  auto noise = plain_event("A", "2");
  noise.set_event_type("ticket.noise");
  supply(first, happen({plain_event("A", "1"), noise}));
  answer_all(first, 0);
  end(first);
  const auto second = start(settings(filter));
  begin(second, {true, base::log_offset{1}});
  EXPECT_EQ(behind->demanded.back(), 2u);
  EXPECT_EQ(account().delivered(), 1u);
}

TEST_F(SinkActor, PausedItReadsAndSendsNothingUntilItMayGoOn) {
  auto config = settings();
  config.paused = true;
  const auto s = begun(config);
  EXPECT_TRUE(behind->demanded.empty());
  caf::anon_send(s, pause_delivery{false});
  run();
  EXPECT_EQ(behind->demanded, offsets{0});
  supply(s, happen({plain_event("A", "1")}));
  caf::anon_send(s, pause_delivery{true});
  answer_all(s, 0, delivery_result::transient);
  EXPECT_EQ(kept(family::waiting), 1u); // what is in flight is still answered
  pass(10s);
  EXPECT_EQ(courier->requests.size(), 1u);
  caf::anon_send(s, pause_delivery{false});
  run();
  EXPECT_EQ(courier->requests.size(), 2u);
}

TEST_F(SinkActor, TellsHowFarBehindItIsWhenThatChanges) {
  const auto s = begun(settings());
  pass(1s);
  EXPECT_TRUE(courier->lags.empty());
  const auto committed = base::to_us(clock.now());
  supply(s, happen({plain_event("A", "1"), plain_event("A", "2")}));
  pass(1s);
  ASSERT_EQ(courier->lags.size(), 1u);
  EXPECT_EQ(courier->lags[0].events, 2u);
  EXPECT_EQ(courier->lags[0].oldest_committed_at_us, committed);
  pass(1s);
  EXPECT_EQ(courier->lags.size(), 1u);
  answer(s, 0, {outcome(0, delivery_result::transient), outcome(1, delivery_result::skipped)});
  pass(1s);
  ASSERT_EQ(courier->lags.size(), 2u);
  EXPECT_EQ(courier->lags[1].waiting, 2u);
  EXPECT_EQ(courier->lags[1].events, 0u);
}

TEST_F(SinkActor, SaysItsCountsOfTheMoment) {
  const auto s = begun(settings());
  supply(s, happen({plain_event("A", "1"), plain_event("B", "1"), plain_event("C", "1")}));
  answer(s, 0,
         {outcome(0, delivery_result::delivered), outcome(1, delivery_result::permanent),
          outcome(2, delivery_result::transient)});
  v1::DeliveryCounts counts;
  ASSERT_TRUE(counts.ParseFromString((**asks<bytes_answer>(s, ask_counts{}))->bytes));
  EXPECT_EQ(counts.delivered(), 1u);
  EXPECT_EQ(counts.dead(), 1u);
  EXPECT_EQ(counts.waiting(), 1u);
}

} // namespace
} // namespace cxstream::actors
