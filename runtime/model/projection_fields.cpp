// The table of the canonical event's fields.
#include "model/projection.hpp"
#include "model/revision.hpp"

#include <array>

namespace cxstream::model {

namespace {

constexpr std::array<std::string_view, field_count> names = {
    "event_id",
    "event_type",
    "occurred_at",
    "ticket_id",
    "account_id",
    "sentiment.label",
    "sentiment.score",
    "sentiment.confidence",
    "churn_risk.label",
    "churn_risk.score",
    "churn_risk.confidence",
    "effort.label",
    "effort.score",
    "effort.confidence",
    "canonical_tag",
    "driver",
    "custom_metrics",
    "evidence_url",
    "source_system",
    "idempotency_key",
    "version",
    "raw_tags",
    "status",
    "priority",
    "channel",
    "agent_id",
    "customer_id",
    "schema_version",
    "mapping_version",
    "cleared",
    "taxonomy_version",
    "ticket_sequence",
    "partition",
    "offset",
    "received_at",
    "committed_at",
    "late",
    "delivered_at",
    "replayed",
};

field_value text_if(bool present, const std::string& value) {
  return present ? field_value{std::string_view{value}} : field_value{};
}

field_value text(const std::string& value) {
  return text_if(!value.empty(), value);
}

field_value time_if(bool present, const google::protobuf::Timestamp& value) {
  return present ? field_value{base::from_us(to_us(value))} : field_value{};
}

field_value list(const google::protobuf::RepeatedPtrField<std::string>& values) {
  return values.empty() ? field_value{} : field_value{&values};
}

// Values of an absent signal are those of the default one: none.
field_value label_of(const v1::Signal& signal) {
  return text_if(signal.has_label(), signal.label());
}

field_value score_of(const v1::Signal& signal) {
  return signal.has_score() ? field_value{signal.score()} : field_value{};
}

field_value confidence_of(const v1::Signal& signal) {
  return signal.has_confidence() ? field_value{signal.confidence()} : field_value{};
}

field_value pipeline_value(const v1::PipelineInfo& info, field f) {
  switch (f) {
    case field::taxonomy_version:
      return text(info.taxonomy_version());
    case field::ticket_sequence:
      return info.ticket_sequence();
    case field::partition:
      return std::uint64_t{info.partition()};
    case field::offset:
      return info.offset();
    case field::received_at:
      return time_if(info.has_received_at(), info.received_at());
    case field::committed_at:
      return time_if(info.has_committed_at(), info.committed_at());
    case field::late:
      return info.late();
    case field::delivered_at:
      return time_if(info.has_delivered_at(), info.delivered_at());
    case field::replayed:
      return info.replayed() ? field_value{true} : field_value{}; // a mark, and none on what comes as it happens
    default:
      return {};
  }
}

} // namespace

std::string_view name_of(field f) {
  return names[static_cast<std::size_t>(f)];
}

std::optional<field> field_named(std::string_view name) {
  constexpr std::string_view prefix = "pipeline.";
  const bool prefixed = name.starts_with(prefix);
  if (prefixed)
    name.remove_prefix(prefix.size());
  const auto first = prefixed ? static_cast<std::size_t>(field::taxonomy_version) : 0;
  for (auto i = first; i < field_count; ++i)
    if (names[i] == name)
      return static_cast<field>(i);
  return std::nullopt;
}

field_value value_of(const v1::CanonicalEvent& event, field f) {
  switch (f) {
    case field::event_id:
      return text(event.event_id());
    case field::event_type:
      return text(event.event_type());
    case field::occurred_at:
      return time_if(event.has_occurred_at(), event.occurred_at());
    case field::ticket_id:
      return text(event.ticket_id());
    case field::account_id:
      return text_if(event.has_account_id(), event.account_id());
    case field::sentiment_label:
      return label_of(event.sentiment());
    case field::sentiment_score:
      return score_of(event.sentiment());
    case field::sentiment_confidence:
      return confidence_of(event.sentiment());
    case field::churn_risk_label:
      return label_of(event.churn_risk());
    case field::churn_risk_score:
      return score_of(event.churn_risk());
    case field::churn_risk_confidence:
      return confidence_of(event.churn_risk());
    case field::effort_label:
      return label_of(event.effort());
    case field::effort_score:
      return score_of(event.effort());
    case field::effort_confidence:
      return confidence_of(event.effort());
    case field::canonical_tag:
      return text_if(event.has_canonical_tag(), event.canonical_tag());
    case field::driver:
      return text_if(event.has_driver(), event.driver());
    case field::custom_metrics:
      return event.custom_metrics().empty() ? field_value{} : field_value{&event.custom_metrics()};
    case field::evidence_url:
      return text_if(event.has_evidence_url(), event.evidence_url());
    case field::source_system:
      return text(event.source_system());
    case field::idempotency_key:
      return text(event.idempotency_key());
    case field::version:
      return event.version();
    case field::raw_tags:
      return list(event.raw_tags());
    case field::status:
      return text_if(event.has_status(), event.status());
    case field::priority:
      return text_if(event.has_priority(), event.priority());
    case field::channel:
      return text_if(event.has_channel(), event.channel());
    case field::agent_id:
      return text_if(event.has_agent_id(), event.agent_id());
    case field::customer_id:
      return text_if(event.has_customer_id(), event.customer_id());
    case field::schema_version:
      return text(event.schema_version());
    case field::mapping_version:
      return text(event.mapping_version());
    case field::cleared:
      return list(event.cleared().paths());
    default:
      return pipeline_value(event.pipeline(), f);
  }
}

} // namespace cxstream::model
