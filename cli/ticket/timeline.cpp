#include "ticket/timeline.hpp"

#include "model/ticket_fold.hpp"
#include "terminal/number_text.hpp"

#include <cmath>

namespace cxstream::cli {

namespace {

std::string number_text(double number) {
  return number == std::floor(number) && std::abs(number) < 1e15 ? terminal::decimal(number, 0)
                                                                 : terminal::decimal(number, 3);
}

std::string signal_text(const v1::Signal& signal) {
  std::string out = signal.label();
  if (signal.has_score())
    out += (out.empty() ? "" : ", ") + number_text(signal.score());
  if (signal.has_confidence())
    out += " (confidence " + number_text(signal.confidence()) + ")";
  return out;
}

std::string tags_text(const v1::RevisedTags& tags) {
  std::string out;
  for (const auto& tag : tags.values())
    out += (out.empty() ? "" : ", ") + tag;
  return out;
}

void put(std::map<std::string, std::string>& out, const char* name, const v1::RevisedText& text) {
  if (text.has_value())
    out[name] = text.value();
}

void put(std::map<std::string, std::string>& out, const char* name, const v1::RevisedSignal& signal) {
  if (signal.has_value())
    out[name] = signal_text(signal.value());
}

} // namespace

std::map<std::string, std::string> field_texts(const v1::TicketState& state) {
  std::map<std::string, std::string> out;
  put(out, "account_id", state.account_id());
  put(out, "status", state.status());
  put(out, "priority", state.priority());
  put(out, "channel", state.channel());
  put(out, "agent_id", state.agent_id());
  put(out, "customer_id", state.customer_id());
  put(out, "canonical_tag", state.canonical_tag());
  put(out, "driver", state.driver());
  put(out, "evidence_url", state.evidence_url());
  put(out, "sentiment", state.sentiment());
  put(out, "churn_risk", state.churn_risk());
  put(out, "effort", state.effort());
  if (state.raw_tags().values_size() > 0)
    out["raw_tags"] = tags_text(state.raw_tags());
  for (const auto& [name, metric] : state.custom_metrics()) {
    if (metric.has_value())
      out["custom_metrics." + name] = number_text(metric.value());
  }
  return out;
}

std::vector<field_change> timeline::add(const v1::CanonicalEvent& event) {
  const auto before = field_texts(state_);
  model::fold_fields(state_, event, model::revision_of(event, base::log_offset{event.pipeline().offset()}));
  const auto after = field_texts(state_);
  std::vector<field_change> changes;
  for (const auto& [field, text] : after) {
    const auto old = before.find(field);
    if (old == before.end() || old->second != text)
      changes.push_back({field, old == before.end() ? "" : old->second, text});
  }
  for (const auto& [field, text] : before) {
    if (!after.contains(field))
      changes.push_back({field, text, ""});
  }
  return changes;
}

} // namespace cxstream::cli
