#include "conformance/model_world.hpp"

#include "cxstream/v1/event.pb.h"

#include <algorithm>

namespace cxstream::conformance {

model_server::reply model_server::take(const request& r, flaw f) {
  const std::lock_guard lock(mutex_);
  const auto kind = trouble_ ? std::optional(trouble_->kind) : std::nullopt;
  if (kind == trouble_kind::away)
    return {answer::absent, {}, {}, {}};
  ++requests_;
  largest_ = std::max(largest_, r.events.size());
  if (kind == trouble_kind::slow)
    return {answer::no_answer, {}, {}, {}};
  if (kind == trouble_kind::throttling)
    return {answer::pause, {}, {}, trouble_->retry_after};
  if (r.token != token_)
    return {answer::unknown_token, {}, {}, {}};
  first_ = first_ == nullptr ? r.instance : first_;
  if (f == flaw::instances_share_a_desk && r.instance != first_)
    return {}; // lost on another's desk
  reply out;
  for (std::size_t i = 0; i < r.events.size(); ++i) {
    const bool meant = trouble_ && r.events[i].ticket_id == trouble_->ticket;
    const bool repeat = f == flaw::refuses_a_repeat && is_held(r.events[i]);
    if (repeat || (meant && kind == trouble_kind::refusing))
      out.refused.push_back(i);
    else if (meant && kind == trouble_kind::failing)
      out.failed.push_back(i);
  }
  if (f == flaw::one_spoils_all && !out.refused.empty()) {
    for (std::size_t i = 0; i < r.events.size(); ++i)
      out.refused.push_back(i);
    return out;
  }
  for (std::size_t i = 0; i < r.events.size(); ++i)
    if (!std::ranges::count(out.refused, i) && !std::ranges::count(out.failed, i))
      keep(r.events[i], f);
  if (kind == trouble_kind::losing_answers)
    out.what = answer::no_answer;
  return out;
}

bool model_server::is_held(const ports::delivery& e) const {
  return std::ranges::any_of(
      held_, [&](const held_event& h) { return h.ticket_id == e.ticket_id && h.ticket_sequence == e.sequence.value; });
}

void model_server::keep(const ports::delivery& e, flaw f) {
  v1::CanonicalEvent event;
  if (!event.ParseFromString(e.event))
    event.set_idempotency_key("?");
  if (f == flaw::keeps_nothing)
    return;
  const bool is_new = keys_.insert(e.ticket_id + "#" + event.idempotency_key()).second;
  if (!is_new && f != flaw::doubles_a_repeat)
    return;
  held_.push_back({e.ticket_id, e.sequence.value, f == flaw::loses_the_key ? "" : event.idempotency_key()});
  auto& current = current_[e.ticket_id];
  current = f == flaw::overwrites_newer ? e.sequence.value : std::max(current, e.sequence.value);
  auto& position = positions_[e.partition.value];
  position = std::max(position, e.offset.value + 1);
}

int model_server::current_token() {
  const std::lock_guard lock(mutex_);
  return token_;
}

void model_server::begin(const trouble& t) {
  const std::lock_guard lock(mutex_);
  trouble_ = t;
  if (t.kind == trouble_kind::expired)
    ++token_;
}

void model_server::end() {
  const std::lock_guard lock(mutex_);
  trouble_.reset();
  ended_.notify_all();
}

void model_server::wait_for_end() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return !trouble_; });
}

std::vector<held_event> model_server::held() {
  const std::lock_guard lock(mutex_);
  return held_;
}

std::uint64_t model_server::current(const std::string& ticket) {
  const std::lock_guard lock(mutex_);
  return current_[ticket];
}

std::size_t model_server::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t model_server::largest() {
  const std::lock_guard lock(mutex_);
  return largest_;
}

void model_server::forget_last() {
  const std::lock_guard lock(mutex_);
  if (!held_.empty())
    held_.pop_back();
}

std::map<std::uint16_t, std::uint64_t> model_server::positions() {
  const std::lock_guard lock(mutex_);
  return positions_;
}

} // namespace cxstream::conformance
