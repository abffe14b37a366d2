#include "model/ticket.hpp"

#include "model/ticket_fold.hpp"

#include <google/protobuf/arena.h>

#include <utility>

namespace cxstream::model {

ticket::ticket(std::string_view ticket_id, base::partition_id partition) {
  state_.set_ticket_id(ticket_id.data(), ticket_id.size());
  state_.set_partition(partition.value);
}

ticket::ticket(v1::TicketSnapshot snapshot)
    : state_(std::move(*snapshot.mutable_state())), index_(snapshot.sealed_runs(), snapshot.open_run()) {
}

base::result<decision> ticket::apply(const v1::CanonicalEvent& event, const fingerprint& print, const log_place& place,
                                     const ticket_index::run_reader& read_run) {
  auto known = index_.recall(print, place, read_run);
  if (!known)
    return known.err();
  if (const auto& first = *known)
    return decision{first->content == print.content ? effect::duplicate : effect::conflict, first->sequence, false};
  const auto rev = revision_of(event, place.offset);
  const bool first_event = state_.ticket_sequence() == 0;
  const bool late = !first_event && rev < from_proto(state_.newest());
  fold_fields(state_, event, rev);
  state_.set_ticket_sequence(state_.ticket_sequence() + 1);
  if (late) {
    state_.set_late_events(state_.late_events() + 1);
  } else {
    to_proto(rev, *state_.mutable_newest());
    *state_.mutable_last_occurred_at() = event.occurred_at();
  }
  if (first_event || rev.occurred_at_us < to_us(state_.first_occurred_at()))
    *state_.mutable_first_occurred_at() = event.occurred_at();
  index_.add(print, place);
  return decision{effect::accepted, base::ticket_sequence{state_.ticket_sequence()}, late};
}

// The state is lent to the message while it is serialized, not copied.
std::string ticket::snapshot() const {
  google::protobuf::Arena arena;
  auto& out = *google::protobuf::Arena::CreateMessage<v1::TicketSnapshot>(&arena);
  out.set_sealed_runs(index_.sealed_runs());
  index_.fill_open_run(*out.mutable_open_run());
  out.unsafe_arena_set_allocated_state(const_cast<v1::TicketState*>(&state_));
  auto bytes = out.SerializeAsString();
  out.unsafe_arena_release_state();
  return bytes;
}

} // namespace cxstream::model
