// Events and texts that the tests of the model share.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/event.pb.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace cxstream::model {

inline constexpr base::timestamp sample_now = base::from_us(1'767'323'045'000'000); // 2026-01-02T03:04:05Z

// A good, canonical event with every field that a source sends.
inline v1::CanonicalEvent sample_event() {
  v1::CanonicalEvent e;
  e.set_event_id("evt-1");
  e.set_event_type("ticket.signal");
  e.mutable_occurred_at()->set_seconds(1'767'323'000);
  e.mutable_occurred_at()->set_nanos(123'456'000);
  e.set_ticket_id("INC0000045");
  e.set_account_id("acme");
  e.mutable_sentiment()->set_label("negative");
  e.mutable_sentiment()->set_score(-0.7);
  e.mutable_sentiment()->set_confidence(0.9);
  e.mutable_churn_risk()->set_label("high");
  e.mutable_effort()->set_label("medium");
  e.set_canonical_tag("refund");
  e.set_driver("billing");
  (*e.mutable_custom_metrics())["handle_time_s"] = 312;
  (*e.mutable_custom_metrics())["messages"] = 5;
  (*e.mutable_custom_metrics())["reopens"] = 0;
  e.set_evidence_url("https://desk.example/tickets/45");
  e.set_source_system("servicenow");
  e.set_idempotency_key("k-1");
  e.set_version(3);
  e.add_raw_tags("billing_issue");
  e.add_raw_tags("Refund");
  e.set_status("open");
  e.set_priority("high");
  e.set_channel("email");
  e.set_agent_id("agent-7");
  e.set_customer_id("c-9");
  e.set_schema_version("1");
  return e;
}

inline std::string shared_data(const std::string& path) {
  std::ifstream in(CXSTREAM_SOURCE_DIR "/../shared/data/conformance/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The Big List of Naughty Strings; empty when the shared data is absent.
inline std::vector<std::string> naughty_strings() {
  const auto text = shared_data("strings/blns.json");
  return text.empty() ? std::vector<std::string>{} : nlohmann::json::parse(text).get<std::vector<std::string>>();
}

} // namespace cxstream::model
