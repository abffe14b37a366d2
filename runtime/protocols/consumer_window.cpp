#include "protocols/consumer_window.hpp"

#include <algorithm>

namespace cxstream::protocols {

void consumer_window::connect(std::size_t credit_events) {
  credit_ = std::max<std::size_t>(credit_events, 1);
}

void consumer_window::disconnect() {
  credit_ = 0;
  unsettled_ = 0;
  sent_.clear();
  waiting_.clear();
  for (const auto& [id, state] : calls_)
    waiting_.push_back(id);
}

void consumer_window::offer(std::uint64_t call, std::shared_ptr<const std::vector<ports::delivery>> events) {
  const auto count = events->size();
  calls_[call] = {std::move(events), std::vector<std::optional<ports::delivery_outcome>>(count), count};
  waiting_.push_back(call);
}

std::vector<const ports::delivery*> consumer_window::take() {
  std::vector<const ports::delivery*> out;
  while (connected() && !waiting_.empty()) {
    auto& state = calls_.at(waiting_.front());
    if (unsettled_ > 0 && unsettled_ + state.open > credit_)
      break;
    for (std::uint32_t i = 0; i < state.events->size(); ++i) {
      if (state.outcomes[i])
        continue;
      sent_[(*state.events)[i].partition].push_back({waiting_.front(), i});
      out.push_back(&(*state.events)[i]);
    }
    unsettled_ += state.open;
    waiting_.pop_front();
  }
  return out;
}

std::vector<consumer_window::answer> consumer_window::acknowledge(base::partition_id partition,
                                                                  base::log_offset offset) {
  std::vector<answer> out;
  const auto found = sent_.find(partition);
  if (found == sent_.end())
    return out;
  auto& queue = found->second;
  const auto at = std::find_if(queue.begin(), queue.end(), [&](const sent_event& e) {
    return (*calls_.at(e.call).events)[e.position].offset == offset;
  });
  if (at == queue.end())
    return out;
  const std::vector<sent_event> done(queue.begin(), std::next(at));
  queue.erase(queue.begin(), std::next(at));
  for (const auto& e : done)
    settle(e.call, e.position, {}, out);
  return out;
}

std::vector<consumer_window::answer> consumer_window::refuse(base::partition_id partition, base::log_offset offset,
                                                             bool permanent, std::string why) {
  std::vector<answer> out;
  const auto found = sent_.find(partition);
  if (found == sent_.end())
    return out;
  auto& queue = found->second;
  const auto at = std::find_if(queue.begin(), queue.end(), [&](const sent_event& e) {
    return (*calls_.at(e.call).events)[e.position].offset == offset;
  });
  if (at == queue.end())
    return out;
  const auto refused = *at;
  const auto ticket = (*calls_.at(refused.call).events)[refused.position].ticket_id;
  std::vector<sent_event> again; // later ones of the ticket in the same call
  std::copy_if(std::next(at), queue.end(), std::back_inserter(again), [&](const sent_event& e) {
    return e.call == refused.call && (*calls_.at(e.call).events)[e.position].ticket_id == ticket;
  });
  const auto concerned = [&](const sent_event& e) {
    return e.call == refused.call &&
           (e.position == refused.position ||
            std::any_of(again.begin(), again.end(), [&](const sent_event& a) { return a.position == e.position; }));
  };
  queue.erase(std::remove_if(queue.begin(), queue.end(), concerned), queue.end());
  for (const auto& e : again)
    settle(e.call, e.position, {ports::delivery_result::skipped, "an earlier event of the ticket was refused", {}},
           out);
  settle(refused.call, refused.position,
         {permanent ? ports::delivery_result::permanent : ports::delivery_result::transient, std::move(why), {}}, out);
  return out;
}

void consumer_window::settle(std::uint64_t call, std::uint32_t position, ports::delivery_outcome outcome,
                             std::vector<answer>& out) {
  auto& state = calls_.at(call);
  if (state.outcomes[position])
    return;
  state.outcomes[position] = std::move(outcome);
  --unsettled_;
  if (--state.open > 0)
    return;
  answer done{call, {}};
  for (auto& o : state.outcomes)
    done.outcomes.push_back(std::move(*o));
  out.push_back(std::move(done));
  calls_.erase(call);
}

} // namespace cxstream::protocols
