// A sink that is sent tickets as they are, and what a sink does for a replay.
#include "actors/sink_stage.hpp"

#include <gmock/gmock.h>

namespace cxstream::actors {
namespace {

using ports::delivery_result;
using support::plain_event;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class SinkState : public sink_stage {
protected:
  sink_actor_config coalescing() {
    auto c = settings();
    c.limits.coalesce = true;
    c.limits.one_event_a_ticket = true;
    return c;
  }
  // What the partition says of a ticket.
  static std::string state(std::uint64_t sequence, const std::string& status, const std::string& account) {
    v1::TicketState s;
    s.set_ticket_id("A");
    s.set_ticket_sequence(sequence);
    s.mutable_status()->set_value(status);
    s.mutable_account_id()->set_value(account);
    return s.SerializeAsString();
  }
  v1::CanonicalEvent sent_event(std::size_t request) const {
    v1::CanonicalEvent event;
    event.ParseFromString(courier->requests.at(request).events.at(0).event);
    return event;
  }
};

TEST_F(SinkState, AsksForTheTicketWhenACallIsMadeAndSendsItAsItIs) {
  behind->on_states = states_answer{{}, {state(3, "solved", "acme")}};
  auto s = begun(coalescing());
  supply(s, happen({plain_event("A", "1")}));
  EXPECT_THAT(behind->asked_states, ElementsAre(ElementsAre("A")));
  ASSERT_THAT(courier->requests, SizeIs(1));
  EXPECT_EQ(sent_event(0).status(), "solved");
  EXPECT_EQ(sent_event(0).account_id(), "acme");
  EXPECT_EQ(sent_event(0).idempotency_key(), "1");
  EXPECT_EQ(courier->requests[0].events[0].sequence.value, 3u);
  end(s);
}

TEST_F(SinkState, ASinkThatWantsHistoryAsksForNothing) {
  auto s = begun(settings());
  supply(s, happen({plain_event("A", "1")}));
  EXPECT_THAT(behind->asked_states, IsEmpty());
  EXPECT_THAT(courier->requests, SizeIs(1));
  end(s);
}

TEST_F(SinkState, SendsNothingUntilTheTicketCanBeReadAndThenSendsIt) {
  behind->on_states = states_answer{{false, {base::error_code::io, "disk"}}, {}};
  auto s = begun(coalescing());
  supply(s, happen({plain_event("A", "1")}));
  EXPECT_THAT(courier->requests, IsEmpty());
  EXPECT_EQ(failures, 1);
  behind->on_states = states_answer{{}, {state(1, "open", "acme")}};
  pass(std::chrono::seconds{2});
  supply(s);
  ASSERT_THAT(courier->requests, SizeIs(1));
  EXPECT_EQ(sent_event(0).status(), "open");
  end(s);
}

TEST_F(SinkState, CountsWhatAnotherEventOfItsTicketCarries) {
  behind->on_states = states_answer{{}, {state(3, "open", "acme")}};
  auto s = begun(coalescing());
  supply(s, happen({plain_event("A", "1"), plain_event("A", "2", 1), plain_event("A", "3", 2)}));
  answer_all(s, 0);
  EXPECT_EQ(account().delivered(), 1u);
  EXPECT_EQ(account().coalesced(), 2u);
  EXPECT_EQ(account().next_offset(), 3u);
  end(s);
}

TEST_F(SinkState, NamesTheAccountThatATargetLocks) {
  auto c = settings();
  c.affinity = ports::affinity::account;
  auto s = begun(c);
  auto event = plain_event("A", "1");
  event.set_account_id("acme");
  supply(s, happen({event}));
  EXPECT_EQ(courier->requests.at(0).events.at(0).affinity, "acme");
  end(s);
}

// --- replay ---------------------------------------------------------------------------------------------------------

class SinkReplay : public SinkState {
protected:
  // One delivered event of ticket A, and what a replay would send of it.
  sink_actor with_history(const sink_actor_config& config) {
    auto s = begun(config);
    run_ = happen({plain_event("A", "1")});
    supply(s, run_);
    answer_all(s, 0);
    return s;
  }
  auto replays(const sink_actor& s, bool allow_history = false) {
    auto out = asks<replay_answer>(s, replay_events{run_->items, allow_history});
    run();
    return out;
  }

  std::shared_ptr<const protocols::history_run> run_;
};

TEST_F(SinkReplay, SendsTheEventMarkedAndInTheBackgroundAndLeavesTheAccountAlone) {
  auto s = with_history(settings());
  const auto before = account().SerializeAsString();
  const auto answer = replays(s, true);
  ASSERT_THAT(courier->requests, SizeIs(2));
  EXPECT_TRUE(courier->requests[1].background);
  EXPECT_TRUE(courier->requests[1].events[0].allow_older);
  EXPECT_TRUE(sent_event(1).pipeline().replayed());
  EXPECT_EQ(sent_event(1).pipeline().ticket_sequence(), 1u);
  EXPECT_FALSE(answer->has_value());
  answer_all(s, 1);
  ASSERT_TRUE(answer->has_value());
  ASSERT_THAT((**answer)->outcomes, SizeIs(1));
  EXPECT_EQ((**answer)->outcomes[0].taken, replayed_event::fate::settled);
  EXPECT_EQ((**answer)->outcomes[0].outcome.result, delivery_result::delivered);
  EXPECT_EQ(account().SerializeAsString(), before);
  end(s);
}

TEST_F(SinkReplay, SendsTheTicketAsItIsWhereStateIsWanted) {
  behind->on_states = states_answer{{}, {state(1, "open", "acme")}};
  auto s = with_history(coalescing());
  behind->on_states = states_answer{{}, {state(9, "closed", "acme")}};
  const auto answer = replays(s);
  ASSERT_THAT(courier->requests, SizeIs(2));
  EXPECT_EQ(sent_event(1).status(), "closed");
  EXPECT_EQ(sent_event(1).pipeline().ticket_sequence(), 9u);
  EXPECT_FALSE(sent_event(1).pipeline().replayed());
  answer_all(s, 1);
  end(s);
}

TEST_F(SinkReplay, LeavesADeadLetterToTheOperator) {
  auto s = begun(settings());
  run_ = happen({plain_event("A", "1")});
  supply(s, run_);
  answer_all(s, 0, delivery_result::permanent);
  const auto answer = replays(s);
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((**answer)->outcomes[0].taken, replayed_event::fate::left);
  EXPECT_THAT(courier->requests, SizeIs(1));
  end(s);
}

} // namespace
} // namespace cxstream::actors
