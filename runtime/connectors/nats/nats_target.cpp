#include "connectors/nats/nats_target.hpp"

#include "connectors/nats/publish_answer.hpp"
#include "connectors/rounds.hpp"

namespace cxstream::connectors {

using ports::delivery_result;

nats_target::nats_target(nats_sink_settings settings, event_body body)
    : settings_(std::move(settings)), body_(std::move(body)) {
}

base::result<void> nats_target::open() {
  if (session_ && session_->is_open())
    return {};
  session_.reset();
  for (auto [secret, into] : {std::pair{&settings_.password, &settings_.connection.password},
                              std::pair{&settings_.token, &settings_.connection.token}}) {
    auto value = secret->value();
    if (!value)
      return base::error{base::error_code::unavailable, value.err().message};
    *into = *std::move(value);
  }
  auto made = nats_session::connect(settings_.connection);
  if (!made) { // perhaps they count no more: the next connection reads them again
    settings_.password.suspect();
    settings_.token.suspect();
    return made.err();
  }
  session_ = std::move(*made);
  return {};
}

base::result<std::vector<ports::target_position>> nats_target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<ports::delivery_outcome> nats_target::deliver(std::span<const ports::delivery> events,
                                                          base::timestamp now) {
  outcomes out(events);
  const auto deadline = std::chrono::steady_clock::now() + settings_.timeout;
  const auto rounds = rounds_of(events);
  std::optional<ports::delivery_outcome> over;
  if (const auto ready = open(); !ready)
    over = failed(delivery_result::unreachable, ready.err().message);
  for (const auto& round : rounds) {
    if (!over)
      over = run_round(events, round, now, deadline, out);
    else
      for (const auto i : round)
        if (!out.skips(i))
          out.set(i, *over);
  }
  return std::move(out).take();
}

// Sends the round's events and waits for their answers.
std::optional<ports::delivery_outcome> nats_target::run_round(std::span<const ports::delivery> events,
                                                              std::span<const std::size_t> round, base::timestamp now,
                                                              time_point deadline, outcomes& out) {
  pending under_way;
  std::optional<ports::delivery_outcome> over;
  for (const auto i : round) {
    if (out.skips(i))
      continue;
    if (!over && !publish(events[i], i, now, under_way, out))
      over = failed(delivery_result::unreachable, "the connection to NATS ended");
    if (over)
      out.set(i, *over);
  }
  if (auto late = collect(under_way, deadline, out))
    over = std::move(late);
  return over;
}

// False: the connection is gone, and the event was not sent.
bool nats_target::publish(const ports::delivery& event, std::size_t i, base::timestamp now, pending& under_way,
                          outcomes& out) {
  text_.clear();
  if (!body_.append(event, now, text_)) {
    out.set(i, failed(delivery_result::unfit, not_an_event));
    return true;
  }
  auto headers = message_headers(body_.event());
  headers.push_back({"Nats-Msg-Id", message_mark(body_.event())});
  headers.push_back({"Content-Type", std::string(body_.content_type())});
  if (!settings_.stream.empty())
    headers.push_back({"Nats-Expected-Stream", settings_.stream});
  const auto number = next_number_++;
  switch (session_->publish(settings_.subject.of(body_.event()), number, headers, text_)) {
    case publish_error::none:
      under_way.emplace(number, i);
      return true;
    case publish_error::too_large:
      out.set(i, failed(delivery_result::unfit, "the message is larger than the server's max_payload"));
      return true;
    case publish_error::not_connected:
      break;
  }
  return false;
}

std::optional<ports::delivery_outcome> nats_target::collect(pending& under_way, time_point deadline, outcomes& out) {
  std::optional<ports::delivery_outcome> over;
  bool any_answer = false;
  while (!under_way.empty()) {
    const auto reply = session_->next(deadline);
    if (!reply)
      break;
    const auto asked = under_way.find(reply->number);
    if (asked == under_way.end())
      continue; // an answer that came twice
    any_answer = true;
    auto outcome = reply->nobody_listens
                       ? failed(delivery_result::unreachable, "no stream takes the subject, or JetStream is off")
                       : outcome_of_publish(reply->body);
    if (outcome.result == delivery_result::throttled)
      over = outcome;
    if (outcome.result != delivery_result::delivered)
      out.set(asked->second, std::move(outcome));
    under_way.erase(asked);
  }
  if (under_way.empty())
    return over;
  const auto outcome = unanswered(any_answer);
  for (const auto& [number, i] : under_way)
    out.set(i, outcome);
  session_.reset(); // what is owed on it may still come; it must not be taken for an answer to something else
  return outcome;
}

// A server that answers others and not this is one thing, a silent one another.
ports::delivery_outcome nats_target::unanswered(bool any_answer) {
  if (const auto complaint = session_->complaint(); !complaint.empty())
    return failed(delivery_result::unreachable, "NATS: " + complaint);
  if (!session_->is_open())
    return failed(delivery_result::unreachable, "the connection to NATS ended before it answered");
  return failed(any_answer ? delivery_result::transient : delivery_result::unreachable,
                "JetStream did not answer in time");
}

void nats_target::close() {
  session_.reset();
}

} // namespace cxstream::connectors
