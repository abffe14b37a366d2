#include "pollers/reconciler.hpp"

#include "base/hash.hpp"
#include "model/canonicalise.hpp"
#include "model/parse_event.hpp"
#include "model/revision.hpp"
#include "model/snapshot.hpp"
#include "model/taxonomy.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>

namespace cxstream::pollers {

namespace {

constexpr std::size_t questions_max = 256; // under way at once
// After this long no webhook of the same second and no second look of the vendor's search changes a snapshot any more.
constexpr std::chrono::seconds settled{10};

struct question {
  std::string bytes; // as the mapping made it
  v1::CanonicalEvent event;
  bool readable = false;
  bool asked_well = true;
  std::string problem;
  std::optional<v1::TicketState> state; // nothing: there is no such ticket
};

// Answers may come when nobody waits for them any more.
struct answer_desk {
  std::mutex mutex;
  std::condition_variable_any all_there;
  std::vector<question> questions;
  std::size_t open = 0;
};

void take_answer(answer_desk& desk, std::size_t i, base::result<v1::GetTicketResponse> answer) {
  const std::lock_guard lock(desk.mutex);
  auto& asked = desk.questions[i];
  if (answer) {
    asked.state = std::move(*answer->mutable_ticket());
  } else if (answer.err().code != base::error_code::not_found) {
    asked.asked_well = false;
    asked.problem = answer.err().message;
  }
  if (--desk.open == 0)
    desk.all_there.notify_all();
}

// What is to be submitted of it; empty when nothing.
std::string told_by(question& asked, base::timestamp now) {
  if (!asked.readable || !asked.state)
    return std::move(asked.bytes);
  auto& event = asked.event;
  const bool is_settled = model::to_us(event.occurred_at()) <= base::to_us(now - settled);
  if (!is_settled || !model::moved_to_end_of_second(*asked.state, event))
    return model::adds_to(*asked.state, event) ? std::move(asked.bytes) : std::string();
  v1::CanonicalEvent moved;
  if (!moved.ParseFromString(asked.bytes))
    return {};
  *moved.mutable_occurred_at() = event.occurred_at();
  // Its earlier reading may have been taken: a statement of its own needs a key of its own.
  if (const auto& key = moved.idempotency_key().empty() ? moved.event_id() : moved.idempotency_key(); !key.empty())
    moved.set_idempotency_key("end:" + base::to_hex(base::xxh3_128(key)));
  return moved.SerializeAsString();
}

std::vector<question> questions_of(std::span<std::string> events) {
  static const model::taxonomy none;
  std::vector<question> out(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto& asked = out[i];
    asked.bytes = std::move(events[i]);
    asked.readable = !model::parse_event(asked.bytes, asked.event);
    if (!asked.readable)
      continue;
    model::canonicalise(asked.event, none);
    asked.readable = !asked.event.ticket_id().empty();
  }
  return out;
}

} // namespace

base::result<sifted_page> reconciler::sift(std::vector<std::string> events, base::timestamp now,
                                           const std::stop_token& stop) {
  sifted_page out;
  for (std::size_t from = 0; from < events.size(); from += questions_max) {
    const auto count = std::min(questions_max, events.size() - from);
    const auto desk = std::make_shared<answer_desk>();
    desk->questions = questions_of(std::span(events).subspan(from, count));
    std::vector<std::pair<std::size_t, v1::GetTicketRequest>> requests;
    for (std::size_t i = 0; i < count; ++i)
      if (desk->questions[i].readable)
        requests.emplace_back(i, v1::GetTicketRequest()).second.set_ticket_id(desk->questions[i].event.ticket_id());
    desk->open = requests.size();
    for (auto& [i, request] : requests)
      query_.get_ticket(std::move(request), [desk, at = i](base::result<v1::GetTicketResponse> answer) {
        take_answer(*desk, at, std::move(answer));
      });
    std::unique_lock lock(desk->mutex);
    if (!desk->all_there.wait_for(lock, stop, patience_, [&] { return desk->open == 0; }))
      return stop.stop_requested()
                 ? base::error{base::error_code::cancelled, "the node is stopping"}
                 : base::error{base::error_code::timeout, "the node did not say what it knows of the polled tickets"};
    for (auto& asked : desk->questions) {
      if (!asked.asked_well)
        return base::error{base::error_code::unavailable, asked.problem};
      if (auto told = told_by(asked, now); told.empty())
        ++out.known;
      else
        out.events.push_back(std::move(told));
    }
  }
  return out;
}

} // namespace cxstream::pollers
