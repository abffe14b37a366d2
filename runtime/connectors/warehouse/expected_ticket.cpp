#include "connectors/warehouse/expected_ticket.hpp"

#include "connectors/warehouse/event_key.hpp"
#include "connectors/warehouse/ticket_row.hpp"
#include "model/revision.hpp"

#include <limits>
#include <map>

namespace cxstream::connectors {

namespace {

template <class Texts>
std::string list_of(const Texts& values) {
  std::string out;
  for (const auto& value : values)
    out += list_item(value);
  return out;
}

std::string metrics_of(const std::map<std::string, double>& sorted) {
  std::string out;
  for (const auto& [name, value] : sorted)
    out += metric_item(name, value);
  return out;
}

void signal_text(row_text& out, const v1::Signal& signal) {
  out.text_or_absent(signal.has_label(), signal.label());
  out.fraction_or_absent(signal.has_score(), signal.score());
  out.fraction_or_absent(signal.has_confidence(), signal.confidence());
}

// Dimensions know no empty member.
void filled_text(row_text& out, const std::string& value) {
  out.text_or_absent(!value.empty(), value);
}

void time_text(row_text& out, bool present, const google::protobuf::Timestamp& t) {
  if (present)
    out.whole(model::to_us(t));
  else
    out.absent();
}

} // namespace

void fact_text(row_text& out, const ports::delivery& place, const v1::CanonicalEvent& e,
               std::optional<std::int64_t> version) {
  const auto& pipeline = e.pipeline();
  out.whole(static_cast<std::int64_t>(place.sequence.value));
  out.whole(event_key(place.partition, place.offset));
  out.text(e.idempotency_key());
  filled_text(out, e.event_id());
  out.text(e.event_type());
  out.optional_whole(version);
  time_text(out, true, e.occurred_at());
  time_text(out, pipeline.has_received_at(), pipeline.received_at());
  time_text(out, pipeline.has_committed_at(), pipeline.committed_at());
  out.flag(pipeline.late());
  out.text(e.source_system());
  out.text_or_absent(e.has_account_id(), e.account_id());
  out.text_or_absent(e.has_agent_id(), e.agent_id());
  out.text_or_absent(e.has_customer_id(), e.customer_id());
  filled_text(out, e.canonical_tag());
  filled_text(out, e.driver());
  out.text_or_absent(e.has_status(), e.status());
  out.text_or_absent(e.has_priority(), e.priority());
  out.text_or_absent(e.has_channel(), e.channel());
  signal_text(out, e.sentiment());
  signal_text(out, e.churn_risk());
  signal_text(out, e.effort());
  filled_text(out, e.evidence_url());
  out.items(list_of(e.raw_tags()));
  out.items(metrics_of({e.custom_metrics().begin(), e.custom_metrics().end()}));
  out.items(list_of(e.cleared().paths()));
  filled_text(out, e.schema_version());
  filled_text(out, pipeline.taxonomy_version());
}

void ticket_text(row_text& out, const v1::TicketState& s) {
  out.text(s.ticket_id());
  out.whole(s.partition());
  out.whole(static_cast<std::int64_t>(s.ticket_sequence()));
  out.whole(static_cast<std::int64_t>(s.late_events()));
  time_text(out, true, s.first_occurred_at());
  time_text(out, true, s.last_occurred_at());
  for (const auto* text : {&s.account_id(), &s.status(), &s.priority(), &s.channel(), &s.agent_id(), &s.customer_id(),
                           &s.canonical_tag(), &s.driver(), &s.evidence_url()})
    out.text_or_absent(text->has_value(), text->value());
  for (const auto* signal : {&s.sentiment(), &s.churn_risk(), &s.effort()})
    signal_text(out, signal->value());
  out.items(list_of(s.raw_tags().values()));
  std::map<std::string, double> metrics;
  for (const auto& [name, metric] : s.custom_metrics())
    if (metric.has_value())
      metrics[name] = metric.value();
  out.items(metrics_of(metrics));
}

void expected_ticket::add(const ports::delivery& delivery) {
  v1::CanonicalEvent event;
  if (!event.ParseFromString(delivery.event) || !shape_.make_fit(event))
    return;
  fold_into_row(state_, event, delivery.offset);
  constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::optional<std::int64_t> version = static_cast<std::int64_t>(event.version());
  if (shape_.drops_great_versions && event.version() > greatest)
    version.reset();
  row_text text;
  fact_text(text, delivery, event, version);
  facts_digest_ ^= text.hash();
  ++facts_;
}

ports::census_row expected_ticket::row() const {
  row_text text;
  ticket_text(text, state_);
  text.whole(facts_);
  text.whole(facts_digest_);
  return {state_.ticket_id(), base::ticket_sequence{state_.ticket_sequence()},
          base::from_us(model::to_us(state_.last_occurred_at())), static_cast<std::uint64_t>(text.hash())};
}

} // namespace cxstream::connectors
