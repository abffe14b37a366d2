#include "actors/subscriber/subscriber.hpp"

#include "actors/doubles.hpp"
#include "actors/stage.hpp"
#include "model/revision.hpp"
#include "support/event_maker.hpp"

#include "cxstream/v1/subscribe.pb.h"

namespace cxstream::actors {
namespace {

using ports::delivery_result;

// A consumer's stream.
struct stream_double final : ports::subscriber_listener {
  std::vector<v1::CanonicalEvent> got;
  std::vector<base::error> closed;

  void on_events(std::vector<std::string> events) override {
    for (const auto& bytes : events)
      ASSERT_TRUE(got.emplace_back().ParseFromString(bytes));
  }
  void on_closed(base::error why) override {
    closed.push_back(std::move(why));
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const auto& e : got)
      out.push_back(e.idempotency_key());
    return out;
  }
};

class Subscriber : public stage {
protected:
  using keys = std::vector<std::string>;

  Subscriber() {
    on_stage(client->actor);
    actor = on_stage(system.spawn(subscriber, subscriber_config{clock}));
    caf::send_as(client->actor, actor, tick_atom_v);
    run();
  }
  // Events of one ticket each, at the offsets of partition 1.
  void call(std::uint64_t id, std::initializer_list<std::uint64_t> offsets, const std::string& ticket = "T") {
    std::vector<ports::delivery> events;
    for (const auto offset : offsets) {
      auto event = support::plain_event(ticket, "key " + std::to_string(offset));
      event.set_status("open");
      events.push_back(
          {base::partition_id{1}, base::log_offset{offset}, {}, ticket, event.SerializeAsString(), 1, false});
    }
    caf::send_as(client->actor, actor,
                 target_call{id, std::make_shared<const std::vector<ports::delivery>>(std::move(events))});
    run();
  }
  verdict attach(std::uint64_t which, const std::shared_ptr<stream_double>& to, std::uint32_t credit = 100,
                 const v1::Projection& projection = {}) {
    const auto answer = asks<verdict>(actor, attach_stream{which, credit, projection.SerializeAsString(), to});
    return ***answer;
  }
  void detach(std::uint64_t which) {
    caf::anon_send(actor, detach_stream{which});
    run();
  }
  void acknowledge(std::uint64_t which, std::uint64_t offset) {
    v1::AckEvents ack;
    ack.add_up_to()->set_partition(1);
    ack.mutable_up_to(0)->set_offset(offset);
    caf::anon_send(actor, consumer_word{which, false, ack.SerializeAsString()});
    run();
  }
  void refuse(std::uint64_t which, std::uint64_t offset, bool permanent) {
    v1::NackEvents nack;
    nack.add_events()->set_partition(1);
    nack.mutable_events(0)->set_offset(offset);
    nack.set_permanent(permanent);
    nack.set_reason("no");
    caf::anon_send(actor, consumer_word{which, true, nack.SerializeAsString()});
    run();
  }

  std::shared_ptr<courier_double> client = courier_dummy(system);
  std::shared_ptr<stream_double> stream = std::make_shared<stream_double>();
  subscriber_actor actor;
};

TEST_F(Subscriber, IsOpenAtOnceAndHoldsCallsUntilAConsumerIsThere) {
  EXPECT_EQ(client->opened.size(), 1u);
  call(1, {0, 1});
  EXPECT_FALSE((**asks<verdict>(actor, ask_counts{}))->ok);
  EXPECT_TRUE(attach(1, stream).ok);
  EXPECT_TRUE((**asks<verdict>(actor, ask_counts{}))->ok);
  EXPECT_EQ(stream->keys(), (keys{"key 0", "key 1"}));
  EXPECT_TRUE(client->answers.empty()); // sent is not delivered
}

TEST_F(Subscriber, AnswersACallWhenItsLastEventIsAcknowledged) {
  attach(1, stream);
  call(7, {0, 1, 2});
  acknowledge(1, 1);
  EXPECT_TRUE(client->answers.empty());
  acknowledge(1, 2);
  ASSERT_EQ(client->answers.size(), 1u);
  EXPECT_EQ(client->answers[0].id, 7u);
  ASSERT_EQ(client->answers[0].events.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(client->answers[0].events[i].position, i);
    EXPECT_EQ(client->answers[0].events[i].result, delivery_result::delivered);
  }
}

TEST_F(Subscriber, WhatTheConsumerRefusesComesAgainOrIsGivenUpAsItSays) {
  attach(1, stream);
  call(1, {0}, "A");
  call(2, {1}, "B");
  refuse(1, 0, false);
  refuse(1, 1, true);
  ASSERT_EQ(client->answers.size(), 2u);
  EXPECT_EQ(client->answers[0].events.at(0).result, delivery_result::transient);
  EXPECT_EQ(client->answers[0].events[0].reason, "no");
  EXPECT_EQ(client->answers[1].events.at(0).result, delivery_result::permanent);
}

TEST_F(Subscriber, ASecondStreamIsRefusedWhileOneIsThere) {
  attach(1, stream);
  const auto second = std::make_shared<stream_double>();
  EXPECT_EQ(attach(2, second).why.code, base::error_code::already_exists);
  call(1, {0});
  EXPECT_TRUE(second->got.empty());
  EXPECT_EQ(stream->got.size(), 1u);
}

TEST_F(Subscriber, TheNextStreamGetsWhatTheLastOneDidNotAcknowledge) {
  attach(1, stream);
  call(1, {0, 1});
  call(2, {2});
  acknowledge(1, 0);
  detach(1);
  const auto next = std::make_shared<stream_double>();
  EXPECT_TRUE(attach(2, next).ok);
  EXPECT_EQ(next->keys(), (keys{"key 1", "key 2"}));
  acknowledge(2, 2);
  EXPECT_EQ(client->answers.size(), 2u);
}

TEST_F(Subscriber, WordsOfAStreamThatIsGoneAreNotHeard) {
  attach(1, stream);
  call(1, {0});
  detach(1);
  acknowledge(1, 0);
  attach(2, stream);
  acknowledge(1, 0);
  refuse(1, 0, true);
  detach(1);
  EXPECT_TRUE(client->answers.empty());
  EXPECT_TRUE((**asks<verdict>(actor, ask_counts{}))->ok);
  acknowledge(2, 0);
  EXPECT_EQ(client->answers.size(), 1u);
}

TEST_F(Subscriber, SendsNoMoreThanTheConsumerGivesCreditFor) {
  attach(1, stream, 2);
  call(1, {0, 1});
  call(2, {2});
  EXPECT_EQ(stream->got.size(), 2u);
  acknowledge(1, 1);
  EXPECT_EQ(stream->got.size(), 3u);
}

TEST_F(Subscriber, SendsTheFieldsThatAreWantedAndWhenItSentThem) {
  v1::Projection projection;
  projection.set_kind(v1::CRM);
  attach(1, stream, 10, projection);
  call(1, {0});
  ASSERT_EQ(stream->got.size(), 1u);
  EXPECT_EQ(stream->got[0].ticket_id(), "T");
  EXPECT_FALSE(stream->got[0].has_status());
  detach(1);
  attach(2, stream, 10);
  ASSERT_EQ(stream->got.size(), 2u);
  EXPECT_EQ(stream->got[1].status(), "open");
  EXPECT_EQ(model::to_us(stream->got[1].pipeline().delivered_at()), base::to_us(clock.now()));
}

TEST_F(Subscriber, AProjectionThatCannotBeIsRefusedAndTheNameStaysFree) {
  v1::Projection projection;
  projection.set_kind(v1::CUSTOM);
  projection.add_fields()->set_source("no_such_field");
  EXPECT_FALSE(attach(1, stream, 10, projection).ok);
  EXPECT_TRUE(attach(2, stream).ok);
}

TEST_F(Subscriber, EndsTheStreamWhenItEnds) {
  attach(1, stream);
  EXPECT_TRUE((**asks<verdict>(actor, stop_atom_v))->ok);
  ASSERT_EQ(stream->closed.size(), 1u);
  EXPECT_EQ(stream->closed[0].code, base::error_code::cancelled);
}

} // namespace
} // namespace cxstream::actors
