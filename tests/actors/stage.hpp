// A stage for actors under test: CAF's testing scheduler, a clock turned by hand, a store that can crash. Nothing runs
// until the test says so; time passes only by pass().
#pragma once

#include "actors/messages.hpp"
#include "base/result.hpp"
#include "support/memory_store.hpp"
#include "support/turned_clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace cxstream::actors {

struct stage_config : caf::actor_system_config {
  stage_config() {
    add_message_types<caf::id_block::cxstream>();
    set("scheduler.policy", caf::atom("testing"));
    set("logger.verbosity", caf::atom("quiet"));
  }
};

class stage : public testing::Test {
protected:
  // While all that actors refer to is still there. Whoever waits for an answer gets its timeout: the system goes down
  // only when every actor has ended.
  void TearDown() override {
    for (const auto& actor : cast_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    run();
    while (scheduler().has_pending_timeout()) {
      scheduler().trigger_timeouts();
      run();
    }
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }
  // Until no actor has anything to do.
  void run() {
    while (scheduler().try_run_once()) {
    }
  }
  void pass(std::chrono::milliseconds time) {
    clock.time += time;
    scheduler().advance_time(time);
    run();
  }
  // Ends with the test, and must not end before it by an exception: nobody else would notice.
  template <class Handle>
  Handle on_stage(Handle actor) {
    cast_.push_back(caf::actor_cast<caf::actor>(actor));
    caf::actor_cast<caf::abstract_actor*>(actor)->attach_functor(
        [](const caf::error& why) { EXPECT_FALSE(why == caf::sec::runtime_error) << "an actor threw"; });
    run();
    return actor;
  }
  // What an actor answers, once it has; empty until then. Nothing has run yet.
  template <class Answer, class Handle, class Question>
  std::shared_ptr<std::optional<base::result<Answer>>> will_ask(const Handle& whom, Question question) {
    constexpr std::chrono::minutes longer_than_any_inner_timeout{60};
    auto heard = std::make_shared<std::optional<base::result<Answer>>>();
    system.spawn([=](caf::event_based_actor* self) {
      self->request(whom, longer_than_any_inner_timeout, question)
          .then([heard](Answer& a) { heard->emplace(std::move(a)); },
                [heard](const caf::error& e) {
                  heard->emplace(base::error{base::error_code::internal, "no answer: " + to_string(e)});
                });
    });
    return heard;
  }
  template <class Answer, class Handle, class Question>
  std::shared_ptr<std::optional<base::result<Answer>>> asks(const Handle& whom, Question question) {
    auto heard = will_ask<Answer>(whom, std::move(question));
    run();
    return heard;
  }

  support::memory_store store;
  support::turned_clock clock;

private:
  stage_config config_;

protected:
  caf::actor_system system{config_};

private:
  std::vector<caf::actor> cast_;
};

} // namespace cxstream::actors
