#include "connectors/postgres/fact_stage.hpp"

#include "connectors/encoding/json_value.hpp"
#include "connectors/postgres/put_fields.hpp"

namespace cxstream::connectors::postgres {

namespace {

#define CXSTREAM_FACT_COLUMNS                                                                                          \
  "event_key, ticket_key, ticket_sequence, idempotency_key, event_id, event_type, version, partition, log_offset,"     \
  " occurred_at, received_at, committed_at, delivered_at, late, date_key, source_system_key, account_key, agent_key,"  \
  " customer_key, tag_key, driver_key, status, priority, channel, sentiment, sentiment_score, sentiment_confidence,"   \
  " churn_risk, churn_risk_score, churn_risk_confidence, effort, effort_score, effort_confidence, evidence_url,"       \
  " raw_tags, custom_metrics, cleared, schema_version, mapping_version, taxonomy_version"
constexpr std::uint16_t fact_columns = 40;

constexpr const char* copy_facts_sql = "COPY stage_event (" CXSTREAM_FACT_COLUMNS ") FROM STDIN (FORMAT binary)";
constexpr const char* insert_facts_sql =
    "INSERT INTO fact_ticket_event (" CXSTREAM_FACT_COLUMNS ") SELECT " CXSTREAM_FACT_COLUMNS
    " FROM stage_event ON CONFLICT (event_key, occurred_at) DO NOTHING RETURNING event_key";

std::unordered_set<std::int64_t> keys_of(const rows& found) {
  std::unordered_set<std::int64_t> out;
  out.reserve(found.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    out.insert(found.integer(i, 0));
  return out;
}

} // namespace

void fact_stage::create(connection& db) {
  db.run("CREATE TEMP TABLE IF NOT EXISTS stage_event (LIKE fact_ticket_event) ON COMMIT DELETE ROWS;"
         "CREATE TEMP TABLE IF NOT EXISTS stage_raw_tag (LIKE bridge_event_raw_tag) ON COMMIT DELETE ROWS");
}

void fact_stage::add(const prepared_event& e, std::int64_t ticket_key, base::timestamp delivered_at) {
  rows_.begin_row(fact_columns);
  put_place(e, ticket_key, delivered_at);
  put_keys(e);
  put_content(e.event);
}

std::unordered_set<std::int64_t> fact_stage::load(connection& db) {
  db.copy(copy_facts_sql, rows_.finish());
  return keys_of(db.query(insert_facts_sql));
}

std::unordered_set<std::int64_t> fact_stage::strangers(connection& db) const {
  return keys_of(db.query("SELECT event_key FROM stage_event s JOIN fact_ticket_event f USING (event_key, occurred_at)"
                          " WHERE f.ticket_key <> s.ticket_key OR f.ticket_sequence <> s.ticket_sequence"));
}

std::unordered_set<std::int64_t> fact_stage::twice(connection& db, const std::vector<std::int64_t>& keys) {
  return keys_of(db.query("SELECT event_key FROM fact_ticket_event WHERE event_key = ANY ($1::bigint[])"
                          " GROUP BY event_key HAVING count(*) > 1",
                          {array_of(keys)}));
}

void fact_stage::load_tags(connection& db, const std::vector<const prepared_event*>& fresh) {
  copy_rows tags;
  for (const auto* e : fresh)
    for (const auto& tag : e->event.raw_tags()) {
      tags.begin_row(2);
      tags.put_int8(e->key());
      tags.put_int8(dims_.raw_tag.key(tag));
    }
  if (tags.size() == 0)
    return;
  db.copy("COPY stage_raw_tag (event_key, raw_tag_key) FROM STDIN (FORMAT binary)", tags.finish());
  db.run("INSERT INTO bridge_event_raw_tag SELECT DISTINCT event_key, raw_tag_key FROM stage_raw_tag"
         " ON CONFLICT DO NOTHING");
}

void fact_stage::put_place(const prepared_event& e, std::int64_t ticket_key, base::timestamp delivered_at) {
  const auto& pipeline = e.event.pipeline();
  rows_.put_int8(e.key());
  rows_.put_int8(ticket_key);
  rows_.put_int8(static_cast<std::int64_t>(e.place->sequence.value));
  rows_.put_text(e.event.idempotency_key());
  put_filled(rows_, e.event.event_id());
  rows_.put_text(e.event.event_type());
  if (version_fits(e.event))
    rows_.put_int8(static_cast<std::int64_t>(e.event.version()));
  else
    rows_.null();
  rows_.put_int4(e.place->partition.value);
  rows_.put_int8(static_cast<std::int64_t>(e.place->offset.value));
  rows_.put_time(e.occurred_at());
  put_time(rows_, pipeline.has_received_at(), pipeline.received_at());
  put_time(rows_, pipeline.has_committed_at(), pipeline.committed_at());
  rows_.put_time(delivered_at);
  rows_.put_bool(pipeline.late());
}

void fact_stage::put_keys(const prepared_event& prepared) {
  const auto& e = prepared.event;
  const auto put = [this](bool present, const text_dimension& dimension, const std::string& member) {
    if (present)
      rows_.put_int8(dimension.key(member));
    else
      rows_.null();
  };
  rows_.put_int4(date_key(prepared.occurred_at()));
  put(true, dims_.source_system, e.source_system());
  put(e.has_account_id(), dims_.account, e.account_id());
  put(e.has_agent_id(), dims_.agent, e.agent_id());
  put(e.has_customer_id(), dims_.customer, e.customer_id());
  put(e.has_canonical_tag(), dims_.tag, e.canonical_tag());
  put(e.has_driver(), dims_.driver, e.driver());
}

void fact_stage::put_content(const v1::CanonicalEvent& e) {
  put_text(rows_, e.has_status(), e.status());
  put_text(rows_, e.has_priority(), e.priority());
  put_text(rows_, e.has_channel(), e.channel());
  put_signal(rows_, e.sentiment());
  put_signal(rows_, e.churn_risk());
  put_signal(rows_, e.effort());
  put_filled(rows_, e.evidence_url());
  const auto put_list = [this](const auto& values) {
    if (values.empty())
      rows_.null();
    else
      rows_.put_jsonb(json_of(&values));
  };
  put_list(e.raw_tags());
  put_list(e.custom_metrics());
  put_list(e.cleared().paths());
  put_filled(rows_, e.schema_version());
  put_filled(rows_, e.mapping_version());
  put_filled(rows_, e.pipeline().taxonomy_version());
}

} // namespace cxstream::connectors::postgres
