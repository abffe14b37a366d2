#include "schema/field_rules.hpp"

#include <algorithm>

namespace cxstream::tools {

const std::vector<field_rule>& field_rules() {
  static const std::vector<field_rule> rules{
      {.path = "event_id", .length_max = 256},
      {.path = "event_type", .required = true, .length_max = 128, .examples = {"ticket.updated", "ticket.signal"}},
      {.path = "occurred_at", .required = true, .examples = {"2025-03-03T09:14:07.250Z"}},
      {.path = "ticket_id", .required = true, .length_max = 256},
      {.path = "account_id", .length_max = 256},
      {.path = "sentiment.label",
       .examples = {"very_negative", "negative", "neutral", "positive", "very_positive", "mixed"}},
      {.path = "sentiment.score", .minimum = -1, .maximum = 1},
      {.path = "sentiment.confidence", .minimum = 0, .maximum = 1},
      {.path = "churn_risk.label", .examples = {"low", "medium", "high", "very_high"}},
      {.path = "churn_risk.score", .minimum = 0, .maximum = 1},
      {.path = "churn_risk.confidence", .minimum = 0, .maximum = 1},
      {.path = "effort.label", .examples = {"low", "medium", "high", "very_high"}},
      {.path = "effort.score", .minimum = 0, .maximum = 1},
      {.path = "effort.confidence", .minimum = 0, .maximum = 1},
      {.path = "canonical_tag", .length_max = 256},
      {.path = "driver", .length_max = 256},
      {.path = "custom_metrics", .entries_max = 64, .name_length_max = 128},
      {.path = "evidence_url", .length_max = 2048, .pattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]"},
      {.path = "source_system", .required = true, .length_max = 64, .examples = {"servicenow"}},
      {.path = "idempotency_key", .length_max = 256},
      {.path = "raw_tags", .length_max = 256, .entries_max = 64},
      {.path = "status", .length_max = 128, .examples = {"new", "open", "pending", "on_hold", "solved", "closed"}},
      {.path = "priority", .length_max = 128, .examples = {"low", "normal", "high", "urgent"}},
      {.path = "channel", .length_max = 128, .examples = {"email", "chat", "phone", "web", "social", "api"}},
      {.path = "agent_id", .length_max = 256},
      {.path = "customer_id", .length_max = 256},
      {.path = "schema_version", .length_max = 32, .examples = {"1"}},
      {.path = "mapping_version", .length_max = 128, .examples = {"zendesk_events@1"}},
      {.path = "cleared", .examples = {"agentId", "driver,canonicalTag"}},
  };
  return rules;
}

const field_rule& rule_of(std::string_view path) {
  static const field_rule none{};
  const auto& rules = field_rules();
  const auto it = std::find_if(rules.begin(), rules.end(), [&](const field_rule& r) { return r.path == path; });
  return it == rules.end() ? none : *it;
}

} // namespace cxstream::tools
