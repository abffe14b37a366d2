// Slack, PagerDuty and Opsgenie: every event is a message of its own, so that it can be looked for where people read.
// One more Slack coalesces bursts.
#include "conformance/conformance.hpp"
#include "conformance/http_world.hpp"
#include "support/vendors/opsgenie_stand_in.hpp"
#include "support/vendors/pagerduty_stand_in.hpp"
#include "support/vendors/slack_stand_in.hpp"

#include <map>
#include <sstream>

namespace cxstream::conformance {

namespace {

using support::got_request;
using support::said;
using support::scripted_reply;

// "T1 2 T1/2"
held_event held_in(const std::string& line) {
  std::istringstream in(line);
  held_event out;
  in >> out.ticket_id >> out.ticket_sequence >> out.idempotency_key;
  out.message_id = out.ticket_id + " " + out.idempotency_key;
  return out;
}

// Alerts have a name each, and a number in the order of their coming.
template <class Alerts, class LineOf>
std::vector<held_event> held_in_order(const Alerts& alerts, LineOf line_of) {
  std::map<int, held_event> by_number;
  for (const auto& [name, alert] : alerts)
    by_number[alert.number] = held_in(line_of(alert));
  std::vector<held_event> out;
  for (auto& [number, event] : by_number)
    out.push_back(std::move(event));
  return out;
}

class ops_world : public http_world {
public:
  explicit ops_world(std::string kind) : http_world(std::move(kind)) {
    sink_.settings["message"] = "{{ticket_id}} {{ticket_sequence}} {{idempotency_key}}";
    sink_.settings["group_by"] = "{{ticket_id}} {{ticket_sequence}}";
    sink_.settings["burst_window"] = "0s";
    sink_.settings["message_spacing"] = "0s";
  }

protected:
  bool is_about(const got_request& asked, const std::string& ticket) const override {
    return asked.body.find("\"" + ticket + " ") != std::string::npos;
  }
};

class slack_world : public ops_world {
public:
  slack_world() : ops_world("slack") {
    sink_.settings["url"] = slack_.url();
    speak_through(slack_.server());
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& text : slack_.taken()) {
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);)
        out.push_back(held_in(line));
    }
    return out;
  }
  // A channel has a message as often as it is posted.
  repeats on_repeat() const override {
    return repeats::recognisable;
  }
  std::vector<std::string> secrets() const override {
    return {"aVerySecretHook"};
  }

protected:
  scripted_reply refusal() const override {
    return said(400, "invalid_payload");
  }
  // The webhook was taken away.
  scripted_reply unknown_caller(const got_request& asked) const override {
    return said(403, "action_prohibited: " + asked.path);
  }

private:
  static constexpr double more_than_is_posted = 1'000'000;

  support::slack_stand_in slack_{more_than_is_posted};
};

// What comes within half a minute of a message about the same waits for the next one.
struct slack_in_bursts final : slack_world {
  slack_in_bursts() {
    sink_.settings["message"] = "{{#tickets}}{{ticket_id}} {{ticket_sequence}} {{idempotency_key}}\n{{/tickets}}";
    sink_.settings["group_by"] = "all of it";
    sink_.settings["burst_window"] = "30s";
  }
  bool holds_back() const override {
    return true;
  }
};

class pagerduty_world final : public ops_world {
public:
  pagerduty_world() : ops_world("pagerduty") {
    sink_.settings["url"] = pager_.url();
    sink_.settings["routing_key"] = support::pagerduty_stand_in::routing_key;
    speak_through(pager_.server());
  }
  std::vector<held_event> held() override {
    return held_in_order(pager_.alerts(), [](const auto& alert) { return alert.summary; });
  }
  bool tells_retry_after() const override {
    return false;
  }
  std::vector<std::string> secrets() const override {
    return {support::pagerduty_stand_in::routing_key};
  }

protected:
  scripted_reply pause(std::chrono::seconds) const override {
    return said(429);
  }
  scripted_reply refusal() const override {
    return said(400, R"({"status":"invalid event","message":"Event object is invalid","errors":["no summary"]})");
  }
  // The integration was removed from its service.
  scripted_reply unknown_caller(const got_request&) const override {
    return said(400, R"({"status":"invalid event","message":"Invalid routing key","errors":["not )" +
                         std::string(support::pagerduty_stand_in::routing_key) + "\"]}");
  }

private:
  support::pagerduty_stand_in pager_;
};

class opsgenie_world final : public ops_world {
public:
  opsgenie_world() : ops_world("opsgenie") {
    sink_.settings["url"] = genie_.url();
    sink_.settings["api_key"] = support::opsgenie_stand_in::api_key;
    speak_through(genie_.server());
  }
  std::vector<held_event> held() override {
    return held_in_order(genie_.alerts(), [](const auto& alert) { return alert.body.at("message"); });
  }
  bool tells_retry_after() const override {
    return false;
  }
  std::vector<std::string> secrets() const override {
    return {support::opsgenie_stand_in::api_key};
  }

protected:
  scripted_reply pause(std::chrono::seconds) const override {
    return support::opsgenie_stand_in::throttled();
  }

private:
  support::opsgenie_stand_in genie_;
};

INSTANTIATE_TEST_SUITE_P(slack, ConnectorConformance, every_requirement<slack_world>(), name_of_requirement);
INSTANTIATE_TEST_SUITE_P(slack_bursts, ConnectorConformance, requirements_of<slack_in_bursts>({23}),
                         name_of_requirement);
INSTANTIATE_TEST_SUITE_P(pagerduty, ConnectorConformance, every_requirement<pagerduty_world>(), name_of_requirement);
INSTANTIATE_TEST_SUITE_P(opsgenie, ConnectorConformance, every_requirement<opsgenie_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
