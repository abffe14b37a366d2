#include "conformance/http_world.hpp"

#include <algorithm>

namespace cxstream::conformance {

using support::got_request;
using support::reply_ending;
using support::said;
using support::scripted_reply;

http_world::http_world(std::string kind) {
  sink_.name = kind;
  sink_.kind = std::move(kind);
  sink_.settings = {{"allow_private", "true"}, {"connect_timeout", "300ms"}, {"timeout", "300ms"}};
}

void http_world::speak_through(support::http_stand_in& server) {
  server_ = &server;
  server.meddle_with([this](const auto& asked, const auto& honest) { return answer(asked, honest); });
}

bool http_world::begin(const trouble& t) {
  if (t.kind == trouble_kind::away)
    server_->stop();
  const std::lock_guard lock(mutex_);
  trouble_ = t;
  return true;
}

void http_world::end() {
  std::optional<trouble> was;
  {
    const std::lock_guard lock(mutex_);
    was = std::exchange(trouble_, std::nullopt);
  }
  if (was && was->kind == trouble_kind::away)
    server_->start();
}

std::vector<got_request> http_world::requests_that_deliver() const {
  auto out = server_->requests();
  std::erase_if(out, [&](const auto& each) { return !delivers(each); });
  return out;
}

std::optional<std::size_t> http_world::requests() {
  return requests_that_deliver().size();
}

scripted_reply http_world::pause(std::chrono::seconds wanted) const {
  return said(429, "too many").with("Retry-After", std::to_string(wanted.count()));
}

scripted_reply http_world::hiccup() const {
  return said(500, "boom \xff\xfe");
}

scripted_reply http_world::refusal() const {
  return said(422, R"({"error":"this ticket is not wanted"})");
}

// Repeats what it should keep to itself.
scripted_reply http_world::unknown_caller(const got_request& asked) const {
  return said(401, "I do not know " + asked.header("Authorization"));
}

bool http_world::is_about(const got_request& asked, const std::string& ticket) const {
  return asked.body.find("\"" + ticket + "\"") != std::string::npos;
}

scripted_reply http_world::answer(const got_request& asked, const support::http_stand_in::answer_function& honest) {
  std::optional<trouble> now;
  {
    const std::lock_guard lock(mutex_);
    now = trouble_;
  }
  if (!now)
    return honest(asked);
  switch (now->kind) {
    case trouble_kind::slow: {
      auto out = said(200);
      out.ending = reply_ending::never;
      return out;
    }
    case trouble_kind::throttling:
      return delivers(asked) ? pause(now->retry_after) : honest(asked);
    case trouble_kind::expired:
      return unknown_caller(asked);
    case trouble_kind::failing:
      return is_about(asked, now->ticket) ? hiccup() : honest(asked);
    case trouble_kind::refusing:
      return is_about(asked, now->ticket) ? refusal() : honest(asked);
    case trouble_kind::losing_answers: {
      auto out = honest(asked);
      if (loses_answer(asked))
        out.ending = reply_ending::reset;
      return out;
    }
    case trouble_kind::away:
      break;
  }
  return honest(asked);
}

} // namespace cxstream::conformance
