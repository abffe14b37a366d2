// Replay: what a sink does with events that are to be sent once more.
#include "actors/outcomes.hpp"
#include "actors/sink/sink.hpp"

namespace cxstream::actors {

namespace {

replayed_event::fate to_message(protocols::replay_fate fate) {
  switch (fate) {
    case protocols::replay_fate::carried:
      return replayed_event::fate::carried;
    case protocols::replay_fate::left:
      return replayed_event::fate::left;
    default:
      return replayed_event::fate::busy;
  }
}

// Adds to the event that it is replayed: protobuf messages that follow each other merge.
ports::event_bytes marked(const ports::event_bytes& event) {
  v1::CanonicalEvent mark;
  mark.mutable_pipeline()->set_replayed(true);
  return ports::event_bytes(event.bytes() + mark.SerializeAsString(), event.times());
}

} // namespace

caf::result<replay_answer> sink_state::replay(const replay_events& wish) {
  open_replay it;
  it.answer.outcomes.resize(wish.events.size());
  if (broken_ || !begun_)
    return it.answer;
  std::vector<protocols::replay_event> events;
  std::vector<std::size_t> offered;
  for (std::size_t i = 0; i < wish.events.size(); ++i) {
    const auto& e = wish.events[i];
    // What waits or is dead is the sink's own affair; where state is sent, its lane or a requeue says it.
    if (ledger_->waits(e.ticket_id, e.offset) || ledger_->is_dead(e.offset)) {
      it.answer.outcomes[i].taken = replayed_event::fate::left;
      continue;
    }
    offered.push_back(i);
    events.push_back({e.offset, e.sequence, e.ticket_id, config_->limits.coalesce ? e.event : marked(e.event),
                      wish.allow_history && !config_->guards_regress && !config_->limits.coalesce});
  }
  protocols::sink_effects fx;
  const auto fates = lanes_->replay(events, config_->clock.now(), fx);
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i] == protocols::replay_fate::taken)
      it.places.push_back(offered[i]);
    else
      it.answer.outcomes[offered[i]].taken = to_message(fates[i]);
  }
  if (it.places.empty()) {
    carry_out(fx);
    return it.answer;
  }
  it.open = it.places.size();
  it.promise = self_->make_response_promise<replay_answer>();
  auto promise = it.promise;
  for (const auto& delivery : fx.deliveries)
    if (delivery.background) { // there is one
      replays_.emplace(delivery.id, std::move(it));
      break;
    }
  carry_out(fx);
  return promise;
}

void sink_state::take_replayed(std::vector<protocols::replayed>& replays) {
  for (auto& r : replays) {
    const auto found = replays_.find(r.delivery_id);
    if (found == replays_.end() || r.position >= found->second.places.size())
      continue;
    auto& it = found->second;
    auto& out = it.answer.outcomes[it.places[r.position]];
    out.taken = replayed_event::fate::settled;
    out.outcome = actors::to_message(r.position, std::move(r.outcome));
    if (--it.open > 0)
      continue;
    it.promise.deliver(std::move(it.answer));
    replays_.erase(found);
  }
  replays.clear();
}

// The machine that knew of them is gone: they are asked for again.
void sink_state::give_up_replays() {
  for (auto& [id, it] : replays_)
    it.promise.deliver(std::move(it.answer));
  replays_.clear();
}

} // namespace cxstream::actors
