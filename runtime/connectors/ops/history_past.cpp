#include "connectors/ops/history_past.hpp"

#include "model/revision.hpp"
#include "model/ticket_fold.hpp"

#include <algorithm>
#include <future>

namespace cxstream::connectors {

namespace {

constexpr std::uint64_t page_events = 500;

} // namespace

void history_past::attach(ports::query_service& node) {
  const std::lock_guard lock(mutex_);
  node_ = &node;
}

void history_past::detach() {
  const std::lock_guard lock(mutex_);
  node_ = nullptr;
}

base::result<v1::TicketState> history_past::before(const std::string& ticket_id, base::ticket_sequence sequence) {
  auto state = recall(ticket_id, sequence.value);
  while (state.ticket_sequence() + 1 < sequence.value) {
    const auto next = state.ticket_sequence() + 1;
    auto page = read(ticket_id, next, std::min(page_events, sequence.value - next));
    if (!page)
      return page.err();
    for (const auto& event : page->events()) {
      const auto place = event.pipeline().ticket_sequence();
      if (place >= sequence.value)
        break;
      if (place != state.ticket_sequence() + 1)
        return base::error{base::error_code::unavailable, "the history of the ticket has a gap"};
      model::fold_fields(state, event, model::revision_of(event, base::log_offset{event.pipeline().offset()}));
      state.set_ticket_sequence(place);
    }
    if (state.ticket_sequence() < next)
      return base::error{base::error_code::unavailable, "the history of the ticket is not there yet"};
  }
  state.set_ticket_id(ticket_id);
  remember(state);
  return state;
}

// What is remembered of the ticket, where it is old enough; else nothing.
v1::TicketState history_past::recall(const std::string& ticket_id, std::uint64_t before_sequence) {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find(ticket_id);
  if (found == tickets_.end() || found->second->state.ticket_sequence() >= before_sequence)
    return {};
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->state;
}

void history_past::remember(const v1::TicketState& state) {
  const std::lock_guard lock(mutex_);
  if (const auto found = tickets_.find(state.ticket_id()); found != tickets_.end()) {
    found->second->state = state;
    recent_.splice(recent_.begin(), recent_, found->second);
    return;
  }
  recent_.push_front({state.ticket_id(), state});
  tickets_[state.ticket_id()] = recent_.begin();
  if (recent_.size() > limits_.tickets_max) {
    tickets_.erase(recent_.back().ticket_id);
    recent_.pop_back();
  }
}

base::result<v1::GetTicketHistoryResponse> history_past::read(const std::string& ticket_id, std::uint64_t from,
                                                              std::uint64_t count) {
  using answer = base::result<v1::GetTicketHistoryResponse>;
  // The answer may come after nobody waits for it any more.
  const auto promised = std::make_shared<std::promise<answer>>();
  auto answered = promised->get_future();
  {
    const std::lock_guard lock(mutex_);
    if (node_ == nullptr)
      return base::error{base::error_code::unavailable, "the node is starting or stopping"};
    v1::GetTicketHistoryRequest request;
    request.set_ticket_id(ticket_id);
    request.set_from_sequence(from);
    request.set_page_size(static_cast<std::uint32_t>(count));
    node_->get_ticket_history(std::move(request), [promised](answer a) { promised->set_value(std::move(a)); });
  }
  if (answered.wait_for(limits_.patience) != std::future_status::ready)
    return base::error{base::error_code::timeout, "the node did not answer in time"};
  return answered.get();
}

} // namespace cxstream::connectors
