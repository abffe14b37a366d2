#include "integration/harness/hook_target.hpp"

#include "base/rfc3339.hpp"

#include <nlohmann/json.hpp>

namespace cxstream::integration {

using nlohmann::json;

namespace {

taken_event event_in(const json& data, base::timestamp now) {
  taken_event out;
  out.ticket_id = data.at("ticket_id");
  out.sequence = data.at("ticket_sequence");
  out.is_replayed = data.value("replayed", false);
  if (data.contains("received_at"))
    out.received_at = base::parse_rfc3339(data["received_at"].get<std::string>()).value();
  out.taken_at = now;
  return out;
}

} // namespace

hook_target::hook_target() : server_([this](const support::got_request& request) { return answer(request); }) {
}

void hook_target::poison(std::set<std::string> tickets) {
  const std::lock_guard lock(mutex_);
  poisoned_ = std::move(tickets);
}

std::vector<taken_event> hook_target::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

std::map<std::string, std::uint64_t> hook_target::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

support::scripted_reply hook_target::answer(const support::got_request& request) {
  const auto now = std::chrono::floor<base::duration>(std::chrono::system_clock::now());
  const auto body = json::parse(request.body, nullptr, false);
  if (!body.is_object() || !body.contains("data"))
    return support::said(400, "no delivery");
  const auto& data = body["data"];
  std::vector<taken_event> events;
  for (const auto& one : data.is_array() ? data : json::array({data}))
    events.push_back(event_in(one, now));
  const std::lock_guard lock(mutex_);
  for (const auto& event : events)
    if (poisoned_.contains(event.ticket_id)) {
      ++refusals_[event.ticket_id];
      return support::said(500, "ticket " + event.ticket_id + " fails");
    }
  taken_.insert(taken_.end(), events.begin(), events.end());
  return support::said(200);
}

} // namespace cxstream::integration
