#include "connectors/clickhouse/schema.hpp"

#include <array>

namespace cxstream::connectors::clickhouse {

namespace {

constexpr const char* fact_columns =
    "ticket_id String, ticket_sequence UInt64, event_key Int64, revision String, idempotency_key String,"
    " event_id String, event_type String, version UInt64, partition UInt16, log_offset UInt64, occurred_at DateTime,"
    " occurred_at_us Int64, received_at_us Int64, committed_at_us Int64, delivered_at_us Int64, late UInt8,"
    " source_system String, account_id String, agent_id String, customer_id String, canonical_tag String, driver "
    "String,"
    " status String, priority String, channel String, sentiment String, sentiment_score Nullable(Float64),"
    " sentiment_confidence Nullable(Float64), churn_risk String, churn_risk_score Nullable(Float64),"
    " churn_risk_confidence Nullable(Float64), effort String, effort_score Nullable(Float64),"
    " effort_confidence Nullable(Float64), evidence_url String, raw_tags Array(String), metric_names Array(String),"
    " metric_values Array(Float64), said Array(String), schema_version String, mapping_version String,"
    " taxonomy_version String";

constexpr std::array texts{"account_id",  "status",        "priority", "channel",     "agent_id",
                           "customer_id", "canonical_tag", "driver",   "evidence_url"};
constexpr std::array signals{"sentiment", "churn_risk", "effort"};

std::string newest(const std::string& value, const std::string& field) {
  return "argMaxIf(" + value + ", revision, has(said, '" + field + "'))";
}

std::string current_columns() {
  std::string out;
  for (const std::string field : texts)
    out += ", " + newest(field, field) + " AS " + field;
  for (const std::string field : signals) {
    out += ", " + newest(field, field) + " AS " + field;
    for (const std::string part : {"_score", "_confidence"})
      out += ", " + newest("ifNull(" + field + part + ", nan)", field) + " AS " + field + part;
  }
  return out + ", " + newest("raw_tags", "raw_tags") + " AS raw_tags";
}

} // namespace

std::vector<std::string> schema_statements(std::string_view database) {
  const std::string db(database);
  return {
      "CREATE DATABASE IF NOT EXISTS " + db,
      "CREATE TABLE IF NOT EXISTS " + db + ".schema_version (version UInt32, applied_at DateTime) ENGINE = TinyLog",
      "CREATE TABLE IF NOT EXISTS " + db + ".fact_ticket_event (" + fact_columns +
          ") ENGINE = ReplacingMergeTree(delivered_at_us) PARTITION BY toYYYYMM(occurred_at)"
          " ORDER BY (ticket_id, ticket_sequence)",
      "CREATE VIEW IF NOT EXISTS " + db + ".v_ticket_history AS SELECT * FROM " + db + ".fact_ticket_event FINAL",
      "CREATE VIEW IF NOT EXISTS " + db +
          ".v_ticket_current AS SELECT ticket_id, max(ticket_sequence) AS last_sequence, count() AS events,"
          " sum(late) AS late_events, min(occurred_at_us) AS first_occurred_at_us,"
          " max(occurred_at_us) AS last_occurred_at_us" +
          current_columns() + " FROM " + db + ".fact_ticket_event FINAL GROUP BY ticket_id",
      "CREATE VIEW IF NOT EXISTS " + db +
          ".v_driver_daily AS SELECT toDate(occurred_at) AS date, driver, canonical_tag, count() AS events,"
          " uniqExact(ticket_id) AS tickets, sum(sentiment IN ('negative', 'very_negative')) AS negative_events,"
          " sum(churn_risk IN ('high', 'very_high')) AS churn_risk_events FROM " +
          db +
          ".fact_ticket_event FINAL WHERE driver != '' OR canonical_tag != '' GROUP BY date, driver, canonical_tag",
  };
}

std::string note_version_statement(std::string_view database) {
  return "INSERT INTO " + std::string(database) + ".schema_version SELECT " + std::to_string(schema_version) +
         ", now()";
}

std::string find_version_statement(std::string_view database) {
  return "SELECT max(version) FROM " + std::string(database) + ".schema_version";
}

} // namespace cxstream::connectors::clickhouse
