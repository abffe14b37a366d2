// Asking actors from outside of them: spawns an actor for the length of one exchange. Thread-safe.
#pragma once

#include "actors/messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace cxstream::actors {

constexpr std::chrono::seconds answer_timeout{30};

inline base::error no_answer() {
  return {base::error_code::timeout, "the node did not answer in time; try again"};
}

// Asks one actor; `done` gets the answer, or an error when none came in time.
template <class Answer, class Handle, class Question, class Done>
void ask(caf::actor_system& system, const Handle& whom, Question question, Done done) {
  system.spawn([whom, question = std::move(question), done = std::move(done)](caf::event_based_actor* self) mutable {
    auto shared = std::make_shared<Done>(std::move(done));
    self->request(whom, answer_timeout, std::move(question))
        .then([shared](Answer& answer) { (*shared)(base::result<Answer>(std::move(answer))); },
              [shared](const caf::error&) { (*shared)(base::result<Answer>(no_answer())); });
  });
}

// Asks several actors the same; `done` gets the answers in the order of the actors, or an error when one did not
// answer.
template <class Answer, class Handle, class Question, class Done>
void ask_all(caf::actor_system& system, std::vector<Handle> whom, Question question, Done done) {
  if (whom.empty()) {
    done(base::result<std::vector<Answer>>(std::vector<Answer>{}));
    return;
  }
  struct gathering {
    std::vector<Answer> answers;
    std::size_t open;
    bool failed = false;
    Done done;
  };
  auto shared =
      std::make_shared<gathering>(gathering{std::vector<Answer>(whom.size()), whom.size(), false, std::move(done)});
  system.spawn([whom = std::move(whom), question, shared](caf::event_based_actor* self) {
    for (std::size_t i = 0; i < whom.size(); ++i)
      self->request(whom[i], answer_timeout, question)
          .then(
              [shared, i](Answer& answer) {
                shared->answers[i] = std::move(answer);
                if (--shared->open == 0 && !shared->failed)
                  shared->done(base::result<std::vector<Answer>>(std::move(shared->answers)));
              },
              [shared](const caf::error&) {
                if (!shared->failed)
                  shared->done(base::result<std::vector<Answer>>(no_answer()));
                shared->failed = true;
              });
  });
}

} // namespace cxstream::actors
