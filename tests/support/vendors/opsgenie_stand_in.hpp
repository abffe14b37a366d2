// Opsgenie's alert API v2 as documented: alerts by alias, closing them, refused keys, what cannot be processed,
// throttling.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace cxstream::support {

struct opsgenie_alert {
  int number = 0; // in the order in which they were made
  bool open = false;
  int count = 0; // deduplicated by the alias while it is open
  nlohmann::json body;
};

class opsgenie_stand_in {
public:
  static constexpr const char* api_key = "aaaabbbb-cccc-dddd-eeee-ffff00001111";

  std::string url() const {
    auto out = server_.url("/");
    out.pop_back();
    return out;
  }
  http_stand_in& server() {
    return server_;
  }
  // By alias. Call it while nothing is sent.
  const std::map<std::string, opsgenie_alert>& alerts() const {
    return alerts_;
  }
  static scripted_reply throttled() {
    return said(429, R"({"message":"You are making too many requests!","took":0,"requestId":"1"})")
        .with("X-RateLimit-State", "THROTTLED");
  }

private:
  static std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '%' && i + 2 < text.size()) {
        out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        out += text[i];
      }
    return out;
  }
  static scripted_reply accepted() {
    return said(202, R"({"result":"Request will be processed","took":0.01,"requestId":"43a29c5c"})");
  }

  scripted_reply answer(const got_request& r) {
    if (r.header("Authorization") != std::string("GenieKey ") + api_key)
      return said(401, R"({"message":"Could not authenticate","took":0,"requestId":"1"})");
    const auto body = nlohmann::json::parse(r.body, nullptr, false);
    const std::string close = "/close";
    if (r.path.starts_with("/v2/alerts/") && r.path.ends_with(close) && r.query == "identifierType=alias") {
      const auto alias = decoded(r.path.substr(11, r.path.size() - 11 - close.size()));
      if (const auto found = alerts_.find(alias); found != alerts_.end())
        found->second.open = false;
      return accepted();
    }
    if (r.path != "/v2/alerts" || body.is_discarded())
      return said(404, R"({"message":"Not found"})");
    const auto message = body.value("message", "");
    if (message.empty() || message.size() > 130 || body.value("alias", "").size() > 512)
      return said(
          422,
          R"({"message":"Request body is not processable. Please check the errors.","errors":{"message":"invalid"}})");
    auto& alert = alerts_[body.value("alias", "")];
    if (!alert.open)
      alert.number = ++made_;
    alert.count = alert.open ? alert.count + 1 : 1;
    alert.open = true;
    alert.body = body;
    return accepted();
  }

  std::map<std::string, opsgenie_alert> alerts_;
  int made_ = 0;
  http_stand_in server_{[this](const got_request& r) { return answer(r); }};
};

} // namespace cxstream::support
