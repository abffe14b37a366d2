// The way of a delivery from the sink to its courier. A sink that coalesces says for each event what its ticket is like
// at that moment, so that nothing is lost that only a coalesced event told.
#include "actors/sink/sink.hpp"
#include "model/state_event.hpp"

namespace cxstream::actors {

namespace {

constexpr std::chrono::seconds state_timeout{30};

} // namespace

void sink_state::send(protocols::outgoing_delivery delivery) {
  const auto id = incarnation_ << incarnation_shift | delivery.id;
  if (!config_->limits.coalesce) {
    hand_over(id, std::move(delivery));
    return;
  }
  ask_tickets question;
  for (const auto& event : delivery.events)
    question.ticket_ids.push_back(event.ticket_id);
  auto shared = std::make_shared<protocols::outgoing_delivery>(std::move(delivery));
  self_->request(config_->partition, state_timeout, std::move(question))
      .then([this, id, shared](const states_answer& answer) { send_with_state(id, *shared, answer); },
            [this, id, shared](const caf::error&) {
              const base::error silence{base::error_code::timeout, "the partition did not answer"};
              send_with_state(id, *shared, {{false, silence}, {}});
            });
}

// What an earlier incarnation asked for is not sent: the machine that knew of it is gone.
void sink_state::send_with_state(std::uint64_t id, protocols::outgoing_delivery& delivery,
                                 const states_answer& answer) {
  auto& events = delivery.events;
  if (broken_ || id >> incarnation_shift != incarnation_)
    return;
  if (!answer.result.ok || answer.states.size() != events.size()) {
    fail(answer.result.ok ? base::error{base::error_code::internal, "a ticket's state is missing"} : answer.result.why);
    return;
  }
  v1::CanonicalEvent event;
  v1::TicketState state;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!event.ParseFromString(events[i].event) || !state.ParseFromString(answer.states[i]) ||
        state.ticket_sequence() < events[i].sequence.value)
      continue; // goes as it is; the connector answers `unfit` to what nobody can read
    model::carry_state(event, state);
    events[i].sequence = base::ticket_sequence{state.ticket_sequence()};
    events[i].event = ports::event_bytes(event.SerializeAsString(), events[i].event.times());
  }
  hand_over(id, std::move(delivery));
}

void sink_state::hand_over(std::uint64_t id, protocols::outgoing_delivery delivery) {
  auto& events = delivery.events;
  if (config_->affinity == ports::affinity::account) {
    v1::CanonicalEvent event;
    for (auto& e : events)
      if (event.ParseFromString(e.event))
        e.affinity = event.account_id();
  }
  unanswered_ += events.size();
  self_->send(config_->courier, delivery_request{config_->partition_id, id, std::move(events), delivery.background});
}

} // namespace cxstream::actors
