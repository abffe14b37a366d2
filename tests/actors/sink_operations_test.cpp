// What operators do to a sink: seek, requeue, discard.
#include "actors/sink_stage.hpp"

namespace cxstream::actors {
namespace {

using base::error_code;
using ports::delivery_result;
using ports::family;
using support::plain_event;
using namespace std::chrono_literals;

class SinkOperations : public sink_stage {
protected:
  // A sink that has the first event of ticket A as a dead letter and, when wished, has delivered the second one.
  sink_actor with_dead_letter(sink_actor_config config, std::initializer_list<v1::CanonicalEvent> later = {}) {
    const auto s = begun(config);
    supply(s, happen({plain_event("A", "1")}));
    answer_all(s, 0, delivery_result::permanent);
    if (later.size() > 0) {
      supply(s, happen(later));
      answer_all(s, 1);
      behind->on_offsets = offsets_answer{{}, {base::log_offset{1}}};
    }
    return s;
  }
  auto requeue(const sink_actor& s, std::uint64_t offset, bool allow_older = false) {
    return asks<verdict>(s, requeue_delivery{base::log_offset{offset}, allow_older});
  }
  auto seek(const sink_actor& s, std::uint64_t offset) {
    return asks<verdict>(s, seek_delivery{base::log_offset{offset}, false});
  }
  auto seek_to_end(const sink_actor& s) {
    return asks<verdict>(s, seek_delivery{{}, true});
  }
  auto discard(const sink_actor& s, std::uint64_t offset) {
    return asks<verdict>(s, discard_delivery{base::log_offset{offset}});
  }
};

TEST_F(SinkOperations, ASeekDeliversAgainFromThere) {
  const auto s = begun(settings());
  const auto events = happen({plain_event("A", "1"), plain_event("A", "2"), plain_event("A", "3")});
  supply(s, events);
  answer_all(s, 0);
  EXPECT_TRUE(told(seek(s, 1)).ok);
  EXPECT_EQ(behind->demanded.back(), 1u);
  supply(s, events);
  ASSERT_EQ(courier->requests.size(), 2u);
  EXPECT_EQ(sent(1), (offsets{1, 2}));
  answer_all(s, 1);
  EXPECT_EQ(account().delivered(), 2u);
  EXPECT_EQ(account().history_base(), 1u);
}

TEST_F(SinkOperations, ASeekToTheEndAsksThePartitionWhereThatIs) {
  const auto s = begun(settings());
  happen({plain_event("A", "1"), plain_event("A", "2")});
  v1::PartitionApplied totals;
  totals.set_next_offset(2);
  behind->on_totals = bytes_answer{{}, totals.SerializeAsString()};
  EXPECT_TRUE(told(seek_to_end(s)).ok);
  EXPECT_EQ(behind->demanded.back(), 2u);
  EXPECT_EQ(account().history_base(), 2u);
}

TEST_F(SinkOperations, ASeekToTheEndOfAPartitionThatCannotSayIsAnError) {
  const auto s = begun(settings());
  behind->on_totals = bytes_answer{{false, {error_code::io, "broken"}}, {}};
  EXPECT_EQ(told(seek_to_end(s)).why.code, error_code::io);
  behind->on_totals.reset();
  const auto silent = seek_to_end(s);
  EXPECT_FALSE(*silent);
  pass(31s);
  EXPECT_EQ(told(silent).why.code, error_code::timeout);
  caf::anon_send_exit(behind->actor, caf::exit_reason::kill);
  run();
  EXPECT_EQ(told(seek_to_end(s)).why.code, error_code::timeout);
  EXPECT_EQ(kept(family::cursors), 0u);
}

TEST_F(SinkOperations, ADeadLetterIsRequeuedWhileNothingNewerWasDelivered) {
  const auto s = with_dead_letter(settings());
  EXPECT_TRUE(told(requeue(s, 0)).ok);
  EXPECT_EQ(behind->asked.at(0).ticket_id, "A");
  EXPECT_EQ(behind->asked[0].from.value, 2u);
  EXPECT_EQ(kept(family::dead_letters), 0u);
  ASSERT_EQ(courier->requests.size(), 2u);
  EXPECT_EQ(sent(1), offsets{0});
  answer_all(s, 1);
  EXPECT_EQ(account().dead(), 0u);
  EXPECT_EQ(account().delivered(), 1u);
}

TEST_F(SinkOperations, ARequeueBehindANewerEventIsRefusedUnlessOlderOnesAreAllowed) {
  const auto s = with_dead_letter(settings(), {plain_event("A", "2")});
  EXPECT_EQ(told(requeue(s, 0)).why.code, error_code::failed_precondition);
  EXPECT_EQ(kept(family::dead_letters), 1u);
  EXPECT_TRUE(told(requeue(s, 0, true)).ok);
  ASSERT_EQ(courier->requests.size(), 3u);
  EXPECT_TRUE(courier->requests[2].events[0].allow_older);
}

TEST_F(SinkOperations, ATargetThatGuardsItselfMayGetOlderEvents) {
  auto config = settings();
  config.guards_regress = true;
  const auto s = with_dead_letter(config, {plain_event("A", "2")});
  EXPECT_TRUE(told(requeue(s, 0)).ok);
}

TEST_F(SinkOperations, ANewerEventThatWasFilteredOutIsNoObstacle) {
  v1::Filter filter;
  filter.add_event_types("ticket.updated");
  auto noise = plain_event("A", "2");
  noise.set_event_type("ticket.noise");
  const auto s = begun(settings(filter));
  supply(s, happen({plain_event("A", "1"), noise}));
  answer_all(s, 0, delivery_result::permanent);
  behind->on_offsets = offsets_answer{{}, {base::log_offset{1}}};
  EXPECT_TRUE(told(requeue(s, 0)).ok);
}

TEST_F(SinkOperations, ARequeueOfWhatIsNoDeadLetterIsNotFound) {
  const auto s = begun(settings());
  EXPECT_EQ(told(requeue(s, 7)).why.code, error_code::not_found);
}

TEST_F(SinkOperations, ARequeueIsAnErrorWhenThePartitionCannotSayWhatCameLater) {
  const auto s = with_dead_letter(settings());
  behind->on_offsets = offsets_answer{{false, {error_code::io, "broken"}}, {}};
  EXPECT_EQ(told(requeue(s, 0)).why.code, error_code::unavailable);
  behind->on_offsets.reset();
  const auto silent = requeue(s, 0);
  pass(31s);
  EXPECT_EQ(told(silent).why.code, error_code::timeout);
  EXPECT_EQ(kept(family::dead_letters), 1u);
}

TEST_F(SinkOperations, ADiscardedLetterIsGoneAndCounted) {
  const auto s = with_dead_letter(settings());
  EXPECT_TRUE(told(discard(s, 0)).ok);
  EXPECT_EQ(kept(family::dead_letters), 0u);
  EXPECT_EQ(account().discarded(), 1u);
  EXPECT_EQ(account().dead(), 0u);
  EXPECT_EQ(told(discard(s, 0)).why.code, error_code::not_found);
}

TEST_F(SinkOperations, WhatCouldNotBeWrittenIsNotCalledDone) {
  const auto s = with_dead_letter(settings());
  const auto fails = [&](auto operation) {
    store.fail_writes(error_code::resource_exhausted);
    const auto answer = told(operation());
    EXPECT_FALSE(answer.ok);
    EXPECT_EQ(answer.why.code, error_code::unavailable);
    EXPECT_TRUE(store.mend());
    pass(1s);
  };
  fails([&] { return discard(s, 0); });
  fails([&] { return requeue(s, 0); });
  fails([&] { return seek(s, 0); });
  EXPECT_EQ(kept(family::dead_letters), 1u);
  EXPECT_TRUE(told(discard(s, 0)).ok); // it works again
}

TEST_F(SinkOperations, WhileTheStoreIsBrokenEveryOperationSaysSo) {
  const auto s = with_dead_letter(settings());
  store.fail_writes(error_code::io, 2);
  discard(s, 0);
  ASSERT_EQ(failures, 1);
  EXPECT_EQ(told(seek(s, 0)).why.code, error_code::unavailable);
  EXPECT_EQ(told(requeue(s, 0)).why.code, error_code::unavailable);
  EXPECT_EQ(told(discard(s, 0)).why.code, error_code::unavailable);
}

TEST_F(SinkOperations, NothingIsSentBeforeTheTargetIsThereWhateverIsAskedOfTheSink) {
  end(with_dead_letter(settings()));
  const auto s = start(settings());
  const auto before = courier->requests.size();
  EXPECT_TRUE(told(requeue(s, 0)).ok);
  caf::anon_send(s, pause_delivery{true});
  caf::anon_send(s, pause_delivery{false});
  pass(5s);
  EXPECT_EQ(courier->requests.size(), before);
  begin(s);
  ASSERT_EQ(courier->requests.size(), before + 1);
  EXPECT_EQ(sent(before), offsets{0});
}

TEST_F(SinkOperations, APauseFromBeforeTheTargetWasThereHolds) {
  const auto s = start(settings());
  caf::anon_send(s, pause_delivery{true});
  run();
  begin(s);
  EXPECT_TRUE(behind->demanded.empty());
}

} // namespace
} // namespace cxstream::actors
