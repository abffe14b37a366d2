// PagerDuty's Events API v2 as documented: one service, alerts by dedup_key, invalid events named, too many throttled.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

namespace cxstream::support {

struct pagerduty_alert {
  int number = 0; // in the order in which they were made
  bool open = false;
  int triggers = 0; // while it was open
  std::string summary;
  std::string severity;
  std::vector<std::string> links;
};

class pagerduty_stand_in {
public:
  static constexpr const char* routing_key = "0123456789abcdef0123456789abcdef";

  std::string url() const {
    return server_.url("/v2/enqueue");
  }
  http_stand_in& server() {
    return server_;
  }
  // By dedup_key. Call it while nothing is sent.
  const std::map<std::string, pagerduty_alert>& alerts() const {
    return alerts_;
  }
  int alerts_made() const {
    return made_;
  }

private:
  static scripted_reply invalid(const std::string& why) {
    return said(
        400,
        nlohmann::json{{"status", "invalid event"}, {"message", "Event object is invalid"}, {"errors", {why}}}.dump());
  }
  static std::string text(const nlohmann::json& in, const char* name) {
    return in.contains(name) && in[name].is_string() ? in[name].get<std::string>() : std::string();
  }

  scripted_reply answer(const got_request& r) {
    const auto event = nlohmann::json::parse(r.body, nullptr, false);
    if (r.path != "/v2/enqueue" || r.method != "POST" || event.is_discarded())
      return invalid("not an event");
    const auto action = text(event, "event_action");
    const auto key = text(event, "dedup_key");
    if (text(event, "routing_key") != routing_key)
      return invalid("'routing_key' is invalid");
    if (key.size() > 255)
      return invalid("'dedup_key' is longer than 255 characters");
    if (action == "trigger")
      return trigger(event, key);
    if (action != "acknowledge" && action != "resolve")
      return invalid("'event_action' is missing or invalid");
    if (key.empty())
      return invalid("'dedup_key' is missing");
    // One that is not known is taken and dropped.
    if (const auto found = alerts_.find(key); found != alerts_.end() && action == "resolve")
      found->second.open = false;
    return accepted(key);
  }
  scripted_reply trigger(const nlohmann::json& event, const std::string& key) {
    static constexpr std::array severities{"critical", "error", "warning", "info"};
    const auto payload = event.value("payload", nlohmann::json::object());
    if (text(payload, "summary").empty() || text(payload, "summary").size() > 1'024)
      return invalid("'payload.summary' is missing or too long");
    if (text(payload, "source").empty())
      return invalid("'payload.source' is missing or blank");
    if (std::ranges::find(severities, text(payload, "severity")) == severities.end())
      return invalid(
          "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')");
    auto& alert = alerts_[key];
    if (!alert.open) {
      alert = {};
      alert.number = ++made_;
    }
    alert.open = true;
    ++alert.triggers;
    alert.summary = payload["summary"];
    alert.severity = payload["severity"];
    for (const auto& link : event.value("links", nlohmann::json::array()))
      alert.links.push_back(text(link, "href"));
    return accepted(key);
  }
  static scripted_reply accepted(const std::string& key) {
    return said(202, nlohmann::json{{"status", "success"}, {"message", "Event processed"}, {"dedup_key", key}}.dump());
  }

  std::map<std::string, pagerduty_alert> alerts_;
  int made_ = 0;
  http_stand_in server_{[this](const got_request& r) { return answer(r); }};
};

} // namespace cxstream::support
