// What cxstream relies on in CAF.
#include "actors/messages.hpp"
#include "actors/stage.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace cxstream::actors {
namespace {

using asked_actor = caf::typed_actor<caf::replies_to<stop_atom>::with<verdict>>;

class Caf : public stage {
protected:
  // What a request to an actor comes to: "answered", or the name of the error.
  std::shared_ptr<std::string> request(const asked_actor& whom, std::chrono::seconds timeout) {
    auto outcome = will_request(whom, timeout);
    run();
    return outcome;
  }
  std::shared_ptr<std::string> will_request(const asked_actor& whom, std::chrono::seconds timeout) {
    auto outcome = std::make_shared<std::string>();
    system.spawn([whom, timeout, outcome](caf::event_based_actor* self) {
      self->request(whom, timeout, stop_atom_v)
          .then([outcome](const verdict&) { *outcome = "answered"; },
                [outcome](const caf::error& e) { *outcome = to_string(static_cast<caf::sec>(e.code())); });
    });
    return outcome;
  }
};

TEST_F(Caf, ARequestThatIsNotAnsweredTimesOut) {
  const auto silent = on_stage(system.spawn([](asked_actor::pointer self) -> asked_actor::behavior_type {
    return {[self](stop_atom) -> caf::result<verdict> { return self->make_response_promise<verdict>(); }};
  }));
  const auto outcome = request(silent, std::chrono::seconds{5});
  pass(std::chrono::seconds{4});
  EXPECT_EQ(*outcome, "");
  pass(std::chrono::seconds{2});
  EXPECT_EQ(*outcome, "request_timeout");
}

TEST_F(Caf, ARequestThatLiesUnreadInTheMailboxOfAnActorThatEndsFailsAtOnce) {
  const auto ends = on_stage(system.spawn([](asked_actor::pointer self) -> asked_actor::behavior_type {
    return {[self](stop_atom) {
      self->quit();
      return verdict{};
    }};
  }));
  const auto one = will_request(ends, std::chrono::seconds{5}), other = will_request(ends, std::chrono::seconds{5});
  run();
  EXPECT_EQ(*one, "answered");
  EXPECT_EQ(*other, "request_receiver_down");
}

// A partition that dies owes its answers for ever: who asks needs a timeout.
TEST_F(Caf, ARequestThatWasReadByAnActorThatDiesIsNotAnswered) {
  const auto owes = on_stage(system.spawn([](asked_actor::pointer self) -> asked_actor::behavior_type {
    return {[self](stop_atom) -> caf::result<verdict> { return self->make_response_promise<verdict>(); }};
  }));
  const auto outcome = request(owes, std::chrono::seconds{5});
  caf::anon_send_exit(owes, caf::exit_reason::kill);
  run();
  EXPECT_EQ(*outcome, "");
  pass(std::chrono::seconds{6});
  EXPECT_EQ(*outcome, "request_timeout");
}

TEST_F(Caf, ARequestToAnActorThatHasEndedFailsAtOnce) {
  const auto ends = on_stage(system.spawn([](asked_actor::pointer self) -> asked_actor::behavior_type {
    return {[self](stop_atom) {
      self->quit();
      return verdict{};
    }};
  }));
  EXPECT_EQ(*request(ends, std::chrono::seconds{5}), "answered");
  EXPECT_EQ(*request(ends, std::chrono::seconds{5}), "request_receiver_down");
}

TEST_F(Caf, AHandlerThatThrowsReachesTheRequesterAsAnError) {
  const auto throws = system.spawn(
      []() -> asked_actor::behavior_type { return {[](stop_atom) -> verdict { throw std::runtime_error("no"); }}; });
  EXPECT_EQ(*request(throws, std::chrono::seconds{5}), "runtime_error");
  EXPECT_EQ(*request(throws, std::chrono::seconds{5}), "request_receiver_down"); // and it ends the actor
}

TEST_F(Caf, MessagesOfOneActorToAnotherKeepTheirOrder) {
  auto seen = std::make_shared<std::vector<std::uint64_t>>();
  using listener = caf::typed_actor<caf::reacts_to<history_demand>>;
  const auto to = on_stage(system.spawn([seen]() -> listener::behavior_type {
    return {[seen](const history_demand& d) { seen->push_back(d.from.value); }};
  }));
  const auto from = on_stage(system.spawn([to](caf::event_based_actor* self) -> caf::behavior {
    return {[self, to](stop_atom) {
      for (std::uint64_t i = 0; i < 100; ++i)
        self->send(to, history_demand{base::log_offset{i}});
    }};
  }));
  caf::anon_send(from, stop_atom_v);
  run();
  ASSERT_EQ(seen->size(), 100u);
  EXPECT_TRUE(std::is_sorted(seen->begin(), seen->end()));
}

// Group commit: what is in the mailbox already joins the group.
TEST_F(Caf, AMessageToItselfComesAfterWhatIsInTheMailbox) {
  auto seen = std::make_shared<std::string>();
  using actor = caf::typed_actor<caf::reacts_to<commit_atom>, caf::reacts_to<tick_atom>>;
  const auto writer = on_stage(system.spawn([seen](actor::pointer self) -> actor::behavior_type {
    return {[seen](commit_atom) { *seen += "commit "; },
            [seen, self](tick_atom) {
              if (seen->empty())
                self->send(self, commit_atom_v);
              *seen += "append ";
            }};
  }));
  for (int i = 0; i < 3; ++i)
    caf::anon_send(writer, tick_atom_v);
  run();
  EXPECT_EQ(*seen, "append append append commit ");
}

// How an actor tells its own timer from the same message of another.
TEST_F(Caf, ADelayedMessageToItselfHasItselfAsItsSender) {
  auto seen = std::make_shared<std::string>();
  using actor = caf::typed_actor<caf::reacts_to<tick_atom>>;
  const auto to = on_stage(system.spawn([seen](actor::pointer self) -> actor::behavior_type {
    self->delayed_send(self, std::chrono::seconds{3}, tick_atom_v);
    return {[seen, self](tick_atom) { *seen += self->current_sender() == self->ctrl() ? "own " : "other "; }};
  }));
  caf::anon_send(to, tick_atom_v);
  run();
  pass(std::chrono::seconds{2});
  EXPECT_EQ(*seen, "other ");
  pass(std::chrono::seconds{1});
  EXPECT_EQ(*seen, "other own ");
}

TEST_F(Caf, OnOneNodeASharedHistoryIsNotCopied) {
  const auto run_of_events = std::make_shared<const protocols::history_run>();
  auto got = std::make_shared<const protocols::history_run*>(nullptr);
  using reader = caf::typed_actor<caf::reacts_to<history_supply>>;
  const auto to = on_stage(system.spawn(
      [got]() -> reader::behavior_type { return {[got](const history_supply& s) { *got = s.runs.at(0).get(); }}; }));
  caf::anon_send(to, history_supply{{run_of_events}, base::log_offset{1}, 1});
  run();
  EXPECT_EQ(*got, run_of_events.get());
}

} // namespace
} // namespace cxstream::actors
