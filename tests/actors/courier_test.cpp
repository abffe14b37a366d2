#include "actors/courier/courier.hpp"

#include "actors/noted_metrics.hpp"
#include "actors/stage.hpp"
#include "support/event_maker.hpp"

#include "cxstream/v1/admin.pb.h"

namespace cxstream::actors {
namespace {

using ports::breaker_state;
using ports::delivery_result;
using namespace std::chrono_literals;

// A worker that does what the test says, when the test says it.
struct worker_double {
  int asked_to_open = 0;
  std::vector<target_call> calls;
  bool stopped = false;
  bool ends_silently = false;
  target_worker_actor actor;
};

// A partition of the sink as the courier sees it.
struct client_double {
  std::vector<begin_delivery> begun;
  std::vector<delivery_answer> answers;
  courier_client actor;
};

class Courier : public stage {
protected:
  void start(std::size_t workers_wanted, std::size_t batch_events_max = 8, bool keeps_position = false,
             connector_worker_actor mender = {}) {
    courier_config config{"crm",          clock, metrics, {batch_events_max, workers_wanted, 64}, {3, 2, 3, 1s, 60s},
                          keeps_position, {}};
    for (std::size_t i = 0; i < workers_wanted; ++i)
      config.workers.push_back(workers.emplace_back(worker())->actor);
    config.mender = std::move(mender);
    config.on_breaker = [this](breaker_state s, const std::string& why) { breaker.emplace_back(s, why); };
    actor = on_stage(system.spawn(courier, config));
  }
  std::shared_ptr<worker_double> worker() {
    auto d = std::make_shared<worker_double>();
    d->actor = on_stage(system.spawn([d](target_worker_actor::pointer self) -> target_worker_actor::behavior_type {
      return {[d](target_call& call) { d->calls.push_back(std::move(call)); }, [d](tick_atom) { ++d->asked_to_open; },
              [d, self](stop_atom) -> caf::result<verdict> {
                d->stopped = true;
                if (d->ends_silently)
                  return self->make_response_promise<verdict>();
                return verdict{};
              }};
    }));
    return d;
  }
  std::shared_ptr<client_double> join(std::uint16_t partition) {
    auto d = std::make_shared<client_double>();
    d->actor = on_stage(system.spawn([d]() -> courier_client::behavior_type {
      return {[d](const begin_delivery& word) { d->begun.push_back(word); },
              [d](delivery_answer& answer) { d->answers.push_back(std::move(answer)); }};
    }));
    caf::send_as(d->actor, actor, join_courier{base::partition_id{partition}});
    run();
    return d;
  }
  void open(std::size_t which, std::vector<target_opened::position> positions = {}) {
    caf::send_as(workers[which]->actor, actor, target_opened{std::move(positions)});
    run();
  }
  void offer(const std::shared_ptr<client_double>& from, std::uint16_t partition, std::uint64_t id,
             std::initializer_list<std::string> tickets, std::uint32_t attempt = 1) {
    delivery_request request{base::partition_id{partition}, id, {}};
    for (const auto& ticket : tickets)
      request.events.push_back({base::partition_id{partition},
                                base::log_offset{id},
                                {},
                                ticket,
                                support::plain_event(ticket, "k").SerializeAsString(),
                                attempt,
                                false});
    caf::send_as(from->actor, actor, std::move(request));
    run();
  }
  // The worker answers its last call.
  void answer(std::size_t which, std::vector<settled> outcomes) {
    caf::send_as(workers[which]->actor, actor, target_answer{workers[which]->calls.back().id, std::move(outcomes)});
    run();
  }
  v1::SinkStatus status() {
    v1::SinkStatus out;
    EXPECT_TRUE(out.ParseFromString((**asks<bytes_answer>(actor, ask_counts{}))->bytes));
    return out;
  }
  static settled ok(std::uint32_t position) {
    return {position, delivery_result::delivered, "", -1};
  }
  static settled away(std::uint32_t position) {
    return {position, delivery_result::unreachable, "refused", -1};
  }

  noted_metrics metrics;
  std::vector<std::shared_ptr<worker_double>> workers;
  std::vector<std::pair<breaker_state, std::string>> breaker;
  courier_actor actor;
};

TEST_F(Courier, DeliveryBeginsWhenEveryWorkerHasTheTargetOpen) {
  start(2, 8, true);
  EXPECT_EQ(workers[0]->asked_to_open, 1);
  EXPECT_EQ(workers[1]->asked_to_open, 1);
  const auto early = join(4);
  open(0, {{base::partition_id{4}, base::log_offset{17}}});
  EXPECT_TRUE(early->begun.empty());
  EXPECT_FALSE(status().connected());
  open(1);
  ASSERT_EQ(early->begun.size(), 1u);
  EXPECT_TRUE(early->begun[0].keeps_position);
  EXPECT_EQ(early->begun[0].target_position.value, 17u);
  EXPECT_TRUE(status().connected());
  const auto late = join(5);
  ASSERT_EQ(late->begun.size(), 1u);
  EXPECT_EQ(late->begun[0].target_position.value, 0u);
}

TEST_F(Courier, EachWorkerHasOneCallAtATime) {
  start(2, 1);
  const auto p = join(0);
  open(0);
  open(1);
  for (std::uint64_t id = 1; id <= 3; ++id)
    offer(p, 0, id, {"ticket " + std::to_string(id)});
  ASSERT_EQ(workers[0]->calls.size(), 1u);
  ASSERT_EQ(workers[1]->calls.size(), 1u);
  answer(1, {ok(0)});
  EXPECT_EQ(workers[0]->calls.size(), 1u);
  EXPECT_EQ(workers[1]->calls.size(), 2u);
  EXPECT_EQ(p->answers.size(), 1u);
}

TEST_F(Courier, SmallDeliveriesTravelTogetherAndEachPartitionGetsItsOwnOutcomes) {
  start(1);
  const auto one = join(1), two = join(2);
  open(0);
  offer(one, 1, 1, {"A"});
  offer(one, 1, 2, {"B", "C"});
  offer(two, 2, 1, {"D"});
  ASSERT_EQ(workers[0]->calls.size(), 1u);
  answer(0, {ok(0)});
  ASSERT_EQ(workers[0]->calls.size(), 2u);
  EXPECT_EQ(workers[0]->calls[1].events->size(), 3u);
  answer(0, {ok(0), {1, delivery_result::permanent, "never", -1}, {2, delivery_result::transient, "later", 300}});
  ASSERT_EQ(one->answers.size(), 2u);
  EXPECT_EQ(one->answers[1].id, 2u);
  EXPECT_EQ(one->answers[1].events.at(0).result, delivery_result::delivered);
  EXPECT_EQ(one->answers[1].events.at(1).result, delivery_result::permanent);
  ASSERT_EQ(two->answers.size(), 1u);
  EXPECT_EQ(two->answers[0].events.at(0).position, 0u);
  EXPECT_EQ(two->answers[0].events[0].result, delivery_result::transient);
  EXPECT_EQ(two->answers[0].events[0].retry_after_ms, 300);
  EXPECT_EQ(metrics.events_delivered, 2u);
}

TEST_F(Courier, WhileTheTargetIsAwayEventsAreHeldAndTriedAgainUntilItIsBack) {
  start(1);
  const auto p = join(0);
  open(0);
  offer(p, 0, 1, {"A"});
  answer(0, {away(0)});
  pass(2s);
  ASSERT_EQ(workers[0]->calls.size(), 2u);
  answer(0, {away(0)});
  ASSERT_EQ(breaker.size(), 1u);
  EXPECT_EQ(breaker[0], std::pair(breaker_state::open, std::string("refused")));
  EXPECT_EQ(status().breaker(), v1::BREAKER_OPEN);
  offer(p, 0, 2, {"B"});
  EXPECT_EQ(workers[0]->calls.size(), 2u); // nothing is sent while it is open
  pass(2s);
  EXPECT_EQ(workers[0]->calls.size(), 3u);
  EXPECT_EQ(status().breaker(), v1::BREAKER_HALF_OPEN);
  EXPECT_TRUE(p->answers.empty());
  answer(0, {ok(0)});
  EXPECT_EQ(breaker.back().first, breaker_state::closed);
  EXPECT_EQ(workers[0]->calls.size(), 4u);
  answer(0, {ok(0)});
  EXPECT_EQ(p->answers.size(), 2u);
  for (const auto& a : p->answers)
    EXPECT_EQ(a.events.at(0).result, delivery_result::delivered);
}

TEST_F(Courier, ATargetThatAsksForAPauseGetsIt) {
  start(1);
  const auto p = join(0);
  open(0);
  offer(p, 0, 1, {"A"});
  answer(0, {{0, delivery_result::throttled, "slowly", 700}});
  pass(699ms);
  EXPECT_EQ(workers[0]->calls.size(), 1u);
  pass(1ms);
  EXPECT_EQ(workers[0]->calls.size(), 2u);
  EXPECT_TRUE(p->answers.empty());
}

TEST_F(Courier, AnAnswerThatNobodyWaitsForChangesNothing) {
  start(1, 1);
  const auto p = join(0);
  open(0);
  offer(p, 0, 1, {"A"});
  offer(p, 0, 2, {"B"});
  const auto first = workers[0]->calls[0].id;
  answer(0, {ok(0), ok(7)});
  for (int i = 0; i < 2; ++i)
    caf::send_as(workers[0]->actor, actor, target_answer{first, {ok(0)}});
  run();
  EXPECT_EQ(p->answers.size(), 1u);
  offer(p, 0, 3, {"C"});
  EXPECT_EQ(workers[0]->calls.size(), 2u);
}

TEST_F(Courier, AnEventWithoutAnOutcomeIsNotDelivered) {
  start(1);
  const auto p = join(0);
  open(0);
  offer(p, 0, 1, {"A", "B"});
  answer(0, {ok(1)});
  ASSERT_EQ(p->answers.size(), 1u);
  EXPECT_EQ(p->answers[0].events.at(0).result, delivery_result::transient);
  EXPECT_EQ(p->answers[0].events.at(1).result, delivery_result::delivered);
}

TEST_F(Courier, CountsWhatIsTriedAgain) {
  start(1);
  const auto p = join(0);
  open(0);
  offer(p, 0, 1, {"A"}, 3);
  answer(0, {{0, delivery_result::transient, "no", -1}});
  EXPECT_EQ(metrics.events_retried, 1u);
  EXPECT_EQ(metrics.events_delivered, 0u);
  EXPECT_EQ(status().retried(), 1u);
  EXPECT_EQ(status().last_error(), "no");
}

TEST_F(Courier, SumsUpHowFarBehindThePartitionsAre) {
  start(1);
  const auto now = base::to_us(clock.now());
  const auto tell = [&](std::uint16_t partition, std::uint64_t events, std::int64_t oldest, std::uint64_t waiting) {
    caf::anon_send(actor, sink_lag{base::partition_id{partition}, events, oldest, waiting});
    run();
  };
  tell(1, 10, now - 3'000'000, 4);
  tell(2, 5, now - 8'000'000, 1);
  EXPECT_EQ(metrics.lag_events, 15u);
  EXPECT_DOUBLE_EQ(metrics.lag_age.count(), 8.0);
  EXPECT_EQ(metrics.events_waiting, 5);
  EXPECT_DOUBLE_EQ(status().lag_seconds(), 8.0);
  tell(2, 0, 0, 0);
  EXPECT_EQ(metrics.lag_events, 10u);
  EXPECT_DOUBLE_EQ(metrics.lag_age.count(), 3.0);
  EXPECT_EQ(metrics.events_waiting, 4);
}

// A worker that mends when it is told to.
struct mender_double {
  std::vector<mend_ticket> wishes;
  caf::typed_response_promise<mend_answer> answer;
  connector_worker_actor actor;
};

class MendingCourier : public Courier {
protected:
  void SetUp() override {
    mender.actor = on_stage(system.spawn([this](connector_worker_actor::pointer self) {
      return connector_worker_actor::behavior_type{[](const target_call&) {},
                                                   [this](tick_atom) { mender.answer.deliver(mend_answer{}); },
                                                   [](stop_atom) { return verdict{}; },
                                                   [this, self](mend_ticket& wish) -> caf::result<mend_answer> {
                                                     mender.wishes.push_back(std::move(wish));
                                                     return mender.answer = self->make_response_promise<mend_answer>();
                                                   }};
    }));
    start(1, 8, false, mender.actor);
    open(0);
  }
  // The mender is done with its last wish.
  void mended() {
    caf::anon_send(mender.actor, tick_atom_v);
    run();
  }

  mender_double mender;
};

TEST_F(MendingCourier, DeliversNothingOfATicketWhileItIsMended) {
  const auto p = join(0);
  offer(p, 0, 1, {"a"});
  const auto answered = asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  EXPECT_TRUE(mender.wishes.empty()) << "the target has an event of it";
  answer(0, {ok(0)});
  ASSERT_EQ(mender.wishes.size(), 1u);
  EXPECT_EQ(mender.wishes[0].ticket_id, "a");
  offer(p, 0, 2, {"a"});
  offer(p, 0, 3, {"b"});
  ASSERT_EQ(workers[0]->calls.size(), 2u);
  EXPECT_EQ(workers[0]->calls.back().events->front().ticket_id, "b");
  answer(0, {ok(0)});
  EXPECT_EQ(workers[0]->calls.size(), 2u);
  EXPECT_FALSE(*answered);
  mended();
  ASSERT_TRUE(*answered);
  EXPECT_TRUE((**answered)->result.ok);
  ASSERT_EQ(workers[0]->calls.size(), 3u);
  EXPECT_EQ(workers[0]->calls.back().events->front().ticket_id, "a");
}

TEST_F(MendingCourier, ATicketIsMendedByOneAtATime) {
  const auto first = asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  const auto second = asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  ASSERT_TRUE(*second);
  EXPECT_EQ((**second)->result.why.code, base::error_code::already_exists);
  mended();
  EXPECT_TRUE((**first)->result.ok);
  asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  EXPECT_EQ(mender.wishes.size(), 2u);
}

TEST_F(MendingCourier, WhatIsPutOffIsNotMended) {
  const auto p = join(0);
  offer(p, 0, 1, {"a"});
  answer(0, {{0, delivery_result::deferred, "a job runs", 1'000}});
  const auto answered = asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  ASSERT_TRUE(*answered);
  EXPECT_TRUE((**answered)->moved_on);
  EXPECT_TRUE(mender.wishes.empty());
}

TEST_F(MendingCourier, GoesOnWhenTheMenderIsGone) {
  caf::anon_send_exit(mender.actor, caf::exit_reason::kill);
  run();
  const auto answered = asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  const auto p = join(0);
  offer(p, 0, 1, {"a"});
  ASSERT_TRUE(*answered);
  EXPECT_EQ((**answered)->result.why.code, base::error_code::unavailable);
  EXPECT_EQ(workers[0]->calls.size(), 1u);
}

TEST_F(Courier, SaysWhenItsTargetCannotBeMended) {
  start(1);
  const auto answered = asks<mend_answer>(actor, mend_ticket{"a", {}, {}});
  EXPECT_EQ((**answered)->result.why.code, base::error_code::failed_precondition);
}

TEST_F(Courier, EndsItsWorkersAndThenItself) {
  start(2);
  EXPECT_TRUE((**asks<verdict>(actor, stop_atom_v))->ok);
  EXPECT_TRUE(workers[0]->stopped);
  EXPECT_TRUE(workers[1]->stopped);
  EXPECT_FALSE(**asks<bytes_answer>(actor, ask_counts{}));
}

TEST_F(Courier, EndsAlsoWhenAWorkerIsDeadAndAnotherDoesNotAnswer) {
  start(2);
  caf::anon_send_exit(workers[0]->actor, caf::exit_reason::kill);
  workers[1]->ends_silently = true;
  run();
  const auto ended = asks<verdict>(actor, stop_atom_v);
  pass(9s);
  EXPECT_FALSE(*ended);
  pass(2s);
  ASSERT_TRUE(*ended);
  EXPECT_TRUE((**ended)->ok);
}

} // namespace
} // namespace cxstream::actors
