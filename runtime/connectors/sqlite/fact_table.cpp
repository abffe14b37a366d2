#include "connectors/sqlite/fact_table.hpp"

#include "base/rfc3339.hpp"
#include "connectors/encoding/json_value.hpp"
#include "connectors/warehouse/event_key.hpp"
#include "model/revision.hpp"

#include <sqlite3.h>

namespace cxstream::connectors {

namespace {

constexpr std::string_view insert_sql =
    "INSERT INTO fact_ticket_event (event_key, ticket_key, ticket_sequence, idempotency_key, event_id, event_type, "
    "version,"
    " partition, log_offset, late, occurred_at, occurred_at_us, received_at, received_at_us, committed_at, "
    "committed_at_us,"
    " delivered_at, delivered_at_us, date_key, source_system_key, account_key, agent_key, customer_key, tag_key,"
    " status, priority, channel, sentiment, sentiment_score, sentiment_confidence, churn_risk, churn_risk_score,"
    " churn_risk_confidence, effort, effort_score, effort_confidence, evidence_url, raw_tags, custom_metrics, cleared,"
    " schema_version, taxonomy_version)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,"
    " ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41, ?42)"
    " ON CONFLICT (event_key) DO NOTHING";

std::int64_t key_of(const ports::delivery& place) {
  return event_key(place.partition, place.offset);
}

base::timestamp time_of(const google::protobuf::Timestamp& t) {
  return base::from_us(model::to_us(t));
}

void bind_text(statement& s, int parameter, const std::string& text) {
  if (!text.empty())
    s.bind(parameter, std::string_view(text));
}

} // namespace

fact_table::fact_table(database& db, dimensions& dims)
    : dims_(dims), insert_(db.prepare(insert_sql)),
      find_(db.prepare("SELECT ticket_key, ticket_sequence FROM fact_ticket_event WHERE event_key = ?1")),
      insert_raw_tag_(db.prepare("INSERT INTO bridge_event_raw_tag VALUES (?1, ?2) ON CONFLICT DO NOTHING")) {
}

bool fact_table::add(std::int64_t ticket_key, const ports::delivery& place, const v1::CanonicalEvent& event,
                     base::timestamp delivered_at) {
  const auto& pipeline = event.pipeline();
  insert_.reset(); // a failed event may have left its parameters
  bind_place(ticket_key, place, event);
  bind_time(11, occurred_at_, time_of(event.occurred_at()));
  if (pipeline.has_received_at())
    bind_time(13, received_at_, time_of(pipeline.received_at()));
  if (pipeline.has_committed_at())
    bind_time(15, committed_at_, time_of(pipeline.committed_at()));
  bind_time(17, delivered_at_, delivered_at);
  bind_keys(event);
  if (event.has_status())
    insert_.bind(25, std::string_view(event.status()));
  if (event.has_priority())
    insert_.bind(26, std::string_view(event.priority()));
  if (event.has_channel())
    insert_.bind(27, std::string_view(event.channel()));
  bind_signal(28, event.sentiment());
  bind_signal(31, event.churn_risk());
  bind_signal(34, event.effort());
  bind_text(insert_, 37, event.evidence_url());
  bind_lists(event);
  bind_text(insert_, 41, event.schema_version());
  bind_text(insert_, 42, pipeline.taxonomy_version());
  if (insert_.run() == 0) {
    check_same(ticket_key, place);
    return false;
  }
  for (const auto& tag : event.raw_tags()) {
    insert_raw_tag_.bind(1, key_of(place));
    insert_raw_tag_.bind(2, dims_.raw_tag.key(tag));
    insert_raw_tag_.run();
  }
  return true;
}

void fact_table::bind_place(std::int64_t ticket_key, const ports::delivery& place, const v1::CanonicalEvent& event) {
  insert_.bind(1, key_of(place));
  insert_.bind(2, ticket_key);
  insert_.bind(3, static_cast<std::int64_t>(place.sequence.value));
  insert_.bind(4, std::string_view(event.idempotency_key()));
  bind_text(insert_, 5, event.event_id());
  insert_.bind(6, std::string_view(event.event_type()));
  insert_.bind(7, static_cast<std::int64_t>(event.version()));
  insert_.bind(8, std::int64_t{place.partition.value});
  insert_.bind(9, static_cast<std::int64_t>(place.offset.value));
  insert_.bind(10, std::int64_t{event.pipeline().late()});
}

// A time's text, and its microseconds in the next column.
void fact_table::bind_time(int parameter, std::string& text, base::timestamp t) {
  text = base::format_rfc3339(t);
  insert_.bind(parameter, std::string_view(text));
  insert_.bind(parameter + 1, base::to_us(t));
}

void fact_table::bind_keys(const v1::CanonicalEvent& event) {
  insert_.bind(19, dims_.date(time_of(event.occurred_at())));
  insert_.bind(20, dims_.source_system.key(event.source_system()));
  if (event.has_account_id())
    insert_.bind(21, dims_.account.key(event.account_id()));
  if (event.has_agent_id())
    insert_.bind(22, dims_.agent.key(event.agent_id()));
  if (event.has_customer_id())
    insert_.bind(23, dims_.customer.key(event.customer_id()));
  if (event.has_canonical_tag() || event.has_driver())
    insert_.bind(24, dims_.tag(event.canonical_tag(), event.driver()));
}

void fact_table::bind_signal(int first_parameter, const v1::Signal& signal) {
  if (signal.has_label())
    insert_.bind(first_parameter, std::string_view(signal.label()));
  if (signal.has_score())
    insert_.bind(first_parameter + 1, signal.score());
  if (signal.has_confidence())
    insert_.bind(first_parameter + 2, signal.confidence());
}

void fact_table::bind_lists(const v1::CanonicalEvent& event) {
  const auto bind = [this](int parameter, std::string& text, const auto& values) {
    if (values.empty())
      return;
    text = json_of(&values);
    insert_.bind(parameter, std::string_view(text));
  };
  bind(38, raw_tags_, event.raw_tags());
  bind(39, custom_metrics_, event.custom_metrics());
  bind(40, cleared_, event.cleared().paths());
}

void fact_table::check_same(std::int64_t ticket_key, const ports::delivery& place) {
  find_.bind(1, key_of(place));
  const bool same = find_.next() && find_.integer(0) == ticket_key &&
                    find_.integer(1) == static_cast<std::int64_t>(place.sequence.value);
  find_.reset();
  if (!same)
    throw sqlite_failure(SQLITE_CONSTRAINT, "the warehouse has another event at partition " +
                                                std::to_string(place.partition.value) + ", offset " +
                                                std::to_string(place.offset.value) +
                                                ": it was filled from another data directory; name a new file");
}

} // namespace cxstream::connectors
