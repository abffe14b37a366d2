#include "connectors/ops/facts.hpp"

#include "base/rfc3339.hpp"
#include "model/revision.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cxstream::connectors {

namespace {

constexpr std::string_view was = "was_";
constexpr std::string_view metric = "metric_";
constexpr std::array<std::string_view, 18> of_ticket{"account_id",
                                                     "status",
                                                     "priority",
                                                     "channel",
                                                     "agent_id",
                                                     "customer_id",
                                                     "canonical_tag",
                                                     "driver",
                                                     "evidence_url",
                                                     "sentiment",
                                                     "sentiment_score",
                                                     "churn_risk",
                                                     "churn_risk_score",
                                                     "effort",
                                                     "effort_score",
                                                     "sentiment_confidence",
                                                     "churn_risk_confidence",
                                                     "effort_confidence"};
constexpr std::array<std::string_view, 9> of_event{"event_id",  "event_type",      "occurred_at",
                                                   "ticket_id", "source_system",   "ticket_sequence",
                                                   "raw_tags",  "idempotency_key", "version"};

std::string text_of(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

class collector {
public:
  collector(facts& out, std::string_view prefix) : out_(out), prefix_(prefix) {
  }
  void text(std::string_view name, const v1::RevisedText& value) {
    if (value.has_value())
      put(name, value.value());
  }
  void signal(std::string_view name, const v1::RevisedSignal& value) {
    const std::string base(name);
    if (value.value().has_label())
      put(base, value.value().label());
    if (value.value().has_score())
      put(base + "_score", text_of(value.value().score()));
    if (value.value().has_confidence())
      put(base + "_confidence", text_of(value.value().confidence()));
  }
  void put(std::string_view name, const std::string& value) {
    if (!value.empty())
      out_[std::string(prefix_).append(name)] = value;
  }

private:
  facts& out_;
  std::string_view prefix_;
};

void add_state(const v1::TicketState& s, std::string_view prefix, facts& out) {
  collector c(out, prefix);
  c.text("account_id", s.account_id());
  c.text("status", s.status());
  c.text("priority", s.priority());
  c.text("channel", s.channel());
  c.text("agent_id", s.agent_id());
  c.text("customer_id", s.customer_id());
  c.text("canonical_tag", s.canonical_tag());
  c.text("driver", s.driver());
  c.text("evidence_url", s.evidence_url());
  c.signal("sentiment", s.sentiment());
  c.signal("churn_risk", s.churn_risk());
  c.signal("effort", s.effort());
  for (const auto& [name, value] : s.custom_metrics())
    if (value.has_value())
      c.put(std::string(metric) + name, text_of(value.value()));
}

} // namespace

facts facts_of(const model::ticket_step& step) {
  facts out;
  add_state(step.before, was, out);
  add_state(step.after, "", out);
  const auto& e = step.event;
  collector c(out, "");
  c.put("event_id", e.event_id());
  c.put("event_type", e.event_type());
  c.put("ticket_id", e.ticket_id());
  c.put("source_system", e.source_system());
  c.put("idempotency_key", e.idempotency_key());
  c.put("version", std::to_string(e.version()));
  c.put("evidence_url", e.evidence_url()); // the event's own evidence, also where it is late
  c.put("ticket_sequence", std::to_string(e.pipeline().ticket_sequence()));
  c.put("occurred_at", base::format_rfc3339(base::from_us(model::to_us(e.occurred_at()))));
  std::string tags;
  for (const auto& tag : e.raw_tags())
    tags.append(tags.empty() ? "" : ", ").append(tag);
  c.put("raw_tags", tags);
  return out;
}

bool is_fact(std::string_view name) {
  if (std::ranges::find(of_event, name) != of_event.end())
    return true;
  if (name.starts_with(was))
    name.remove_prefix(was.size());
  return std::ranges::find(of_ticket, name) != of_ticket.end() ||
         (name.starts_with(metric) && name.size() > metric.size());
}

} // namespace cxstream::connectors
