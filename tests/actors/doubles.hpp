// Typed dummies for the places around an actor under test: each notes what it hears and answers what the test has put
// there; an empty answer is silence.
#pragma once

#include "actors/courier/interface.hpp"
#include "actors/partition/interface.hpp"
#include "actors/sink/interface.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace cxstream::actors {

template <class Answer, class Self>
caf::result<Answer> say(Self* self, const std::optional<Answer>& answer) {
  if (answer)
    return *answer;
  return self->template make_response_promise<Answer>(); // nobody delivers it
}

struct partition_double {
  std::vector<append_events> appended;
  std::vector<std::uint64_t> demanded;
  std::vector<ask_ticket_offsets> asked;
  std::optional<append_answer> on_append;
  std::vector<std::vector<std::string>> asked_states;
  std::optional<states_answer> on_states;
  std::optional<offsets_answer> on_offsets = offsets_answer{};
  std::optional<bytes_answer> on_totals = bytes_answer{};
  partition_actor actor;
};

inline std::shared_ptr<partition_double> partition_dummy(caf::actor_system& system) {
  auto d = std::make_shared<partition_double>();
  d->actor = system.spawn([w = std::weak_ptr(d)](partition_actor::pointer self) -> partition_actor::behavior_type {
    return {[](log_appended&) {},
            [](const store_mended&) {},
            [w, self](append_events& request) -> caf::result<append_answer> {
              auto to = w.lock();
              to->appended.push_back(std::move(request));
              return say(self, to->on_append);
            },
            [w](const history_demand& wish) { w.lock()->demanded.push_back(wish.from.value); },
            [](const ask_ticket&) { return bytes_answer{}; },
            [w, self](const ask_tickets& question) -> caf::result<states_answer> {
              auto to = w.lock();
              to->asked_states.push_back(question.ticket_ids);
              return say(self, to->on_states);
            },
            [w, self](const ask_ticket_offsets& question) -> caf::result<offsets_answer> {
              auto to = w.lock();
              to->asked.push_back(question);
              return say(self, to->on_offsets);
            },
            [w, self](const ask_totals&) -> caf::result<bytes_answer> { return say(self, w.lock()->on_totals); },
            [](tick_atom) {},
            [](stop_atom) { return verdict{}; }};
  });
  return d;
}

struct courier_double {
  std::vector<target_opened> opened;
  std::vector<target_answer> answers;
  std::vector<base::partition_id> joined;
  std::vector<delivery_request> requests;
  std::vector<sink_lag> lags;
  courier_actor actor;
};

inline std::shared_ptr<courier_double> courier_dummy(caf::actor_system& system) {
  auto d = std::make_shared<courier_double>();
  d->actor = system.spawn([w = std::weak_ptr(d)]() -> courier_actor::behavior_type {
    return {[w](const target_opened& word) { w.lock()->opened.push_back(word); },
            [w](target_answer& answer) { w.lock()->answers.push_back(std::move(answer)); },
            [w](const join_courier& request) { w.lock()->joined.push_back(request.partition); },
            [w](delivery_request& request) { w.lock()->requests.push_back(std::move(request)); },
            [w](const sink_lag& word) { w.lock()->lags.push_back(word); },
            [](const mend_ticket&) { return mend_answer{}; },
            [](const ask_counts&) { return bytes_answer{}; },
            [](tick_atom) {},
            [](stop_atom) { return verdict{}; }};
  });
  return d;
}

struct sink_double {
  std::vector<requeue_delivery> requeued;
  std::vector<discard_delivery> discarded;
  std::vector<edit_delivery> edited;
  std::vector<replay_events> replayed;
  std::optional<replay_answer> on_replay;
  std::optional<verdict> on_letter = verdict{};
  sink_actor actor;
};

inline std::shared_ptr<sink_double> sink_dummy(caf::actor_system& system) {
  auto d = std::make_shared<sink_double>();
  d->actor = system.spawn([w = std::weak_ptr(d)](sink_actor::pointer self) -> sink_actor::behavior_type {
    return {[](const begin_delivery&) {},
            [](delivery_answer&) {},
            [](const history_supply&) {},
            [](const pause_delivery&) {},
            [](const seek_delivery&) { return verdict{}; },
            [w, self](const requeue_delivery& wish) -> caf::result<verdict> {
              auto to = w.lock();
              to->requeued.push_back(wish);
              return say(self, to->on_letter);
            },
            [w, self](const discard_delivery& wish) -> caf::result<verdict> {
              auto to = w.lock();
              to->discarded.push_back(wish);
              return say(self, to->on_letter);
            },
            [w, self](const edit_delivery& wish) -> caf::result<verdict> {
              auto to = w.lock();
              to->edited.push_back(wish);
              return say(self, to->on_letter);
            },
            [w, self](const replay_events& wish) -> caf::result<replay_answer> {
              auto to = w.lock();
              to->replayed.push_back(wish);
              return say(self, to->on_replay);
            },
            [](const ask_counts&) { return bytes_answer{}; },
            [](tick_atom) {},
            [](mend_atom) {},
            [](stop_atom) { return verdict{}; }};
  });
  return d;
}

} // namespace cxstream::actors
