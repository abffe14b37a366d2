// Slack's incoming webhooks as documented: one webhook, about a message a second, the errors with their bodies.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace cxstream::support {

class slack_stand_in {
public:
  static constexpr const char* path = "/services/T0000/B0000/aVerySecretHook";

  // So many messages at once are taken before a second has to pass for each.
  explicit slack_stand_in(double burst = 1'000) : left_(burst), burst_(burst) {
  }
  std::string url() const {
    return server_.url(path);
  }
  http_stand_in& server() {
    return server_;
  }
  // From now on the webhook or its channel is gone: 403 action_prohibited, 404 no_service, 410 channel_is_archived.
  void break_with(int status) {
    server_.answer_with([this, status](const got_request& r) {
      return status == 403   ? said(403, "action_prohibited")
             : status == 404 ? said(404, "no_service")
             : status == 410 ? said(410, "channel_is_archived")
                             : answer(r);
    });
  }
  void mend() {
    break_with(0);
  }
  // Texts that Slack took, in their order. Call it while nothing is sent.
  const std::vector<std::string>& taken() const {
    return taken_;
  }
  // Texts that were posted.
  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& r : server_.requests())
      if (const auto json = nlohmann::json::parse(r.body, nullptr, false); json.is_object() && json.contains("text"))
        out.push_back(json["text"]);
    return out;
  }

private:
  scripted_reply answer(const got_request& r) {
    if (r.path != path)
      return said(404, "no_service");
    const auto now = std::chrono::steady_clock::now();
    left_ = std::min(burst_, left_ + std::chrono::duration<double>(now - last_).count());
    last_ = now;
    if (left_ < 1)
      return said(429, "rate_limited").with("Retry-After", "1");
    const auto json = nlohmann::json::parse(r.body, nullptr, false);
    if (r.method != "POST" || json.is_discarded())
      return said(400, "invalid_payload");
    if (!json.contains("text") || json["text"].get<std::string>().empty())
      return said(400, "no_text");
    left_ -= 1;
    taken_.push_back(json["text"]);
    return said(200, "ok");
  }

  double left_;
  const double burst_;
  std::vector<std::string> taken_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  http_stand_in server_{[this](const got_request& r) { return answer(r); }};
};

} // namespace cxstream::support
