#include "connectors/postgres/census_sql.hpp"

#include <initializer_list>

namespace cxstream::connectors::postgres {

namespace {

std::string text(std::string_view column) {
  return "coalesce(" + std::string(column) + "::text, chr(30))";
}
std::string filled(std::string_view column) {
  return "coalesce(nullif(" + std::string(column) + ", ''), chr(30))";
}
std::string fraction(std::string_view column) {
  return "coalesce(encode(float8send(" + std::string(column) + " + 0.0), 'hex'), chr(30))";
}
std::string time_us(std::string_view column) {
  return "coalesce(((extract(epoch FROM " + std::string(column) + ") * 1000000)::bigint)::text, chr(30))";
}
// What is not as the sink writes it is told as it is: then it is not the same.
std::string list(std::string_view column) {
  const std::string c(column);
  return "coalesce(CASE WHEN jsonb_typeof(" + c + ") <> 'array' THEN " + c +
         "::text ELSE (SELECT string_agg(v || chr(29), '' ORDER BY i)"
         " FROM jsonb_array_elements_text(" +
         c + ") WITH ORDINALITY AS e (v, i)) END, chr(30))";
}
std::string metrics(std::string_view column) {
  const std::string c(column);
  return "coalesce(CASE WHEN jsonb_typeof(" + c + ") <> 'object' THEN " + c +
         "::text ELSE (SELECT string_agg(key || '=' || CASE jsonb_typeof(value)"
         " WHEN 'number' THEN encode(float8send(value::float8 + 0.0), 'hex') ELSE value::text END || chr(29), ''"
         " ORDER BY key COLLATE \"C\") FROM jsonb_each(" +
         c + ")) END, chr(30))";
}

void append(std::string& out, std::initializer_list<std::string> parts) {
  for (const auto& part : parts)
    out.append(out.empty() ? "" : ", ").append(part);
}

void append_signals(std::string& out, const std::string& table) {
  for (const auto* signal : {"sentiment", "churn_risk", "effort"}) {
    const auto column = table + "." + signal;
    append(out, {text(column), fraction(column + "_score"), fraction(column + "_confidence")});
  }
}

std::string hash_of(const std::string& parts) {
  return "row_hash(concat_ws(chr(31), " + parts + "))";
}

std::string fact_hash() {
  std::string out;
  append(out, {text("f.ticket_sequence"), text("f.event_key"), text("f.idempotency_key"), filled("f.event_id"),
               text("f.event_type"), text("f.version"), time_us("f.occurred_at"), time_us("f.received_at"),
               time_us("f.committed_at"), "f.late::int::text", text("s.source_system"), text("a.account_id"),
               text("g.agent_id"), text("c.customer_id"), filled("d.canonical_tag"), filled("r.driver"),
               text("f.status"), text("f.priority"), text("f.channel")});
  append_signals(out, "f");
  append(out, {filled("f.evidence_url"), list("f.raw_tags"), metrics("f.custom_metrics"), list("f.cleared"),
               filled("f.schema_version"), filled("f.taxonomy_version")});
  return hash_of(out);
}

std::string ticket_hash() {
  std::string out;
  append(out, {text("t.ticket_id"), text("t.partition"), text("t.ticket_sequence"), text("t.late_events"),
               time_us("t.first_occurred_at"), time_us("t.last_occurred_at")});
  for (const auto* column : {"account_id", "status", "priority", "channel", "agent_id", "customer_id", "canonical_tag",
                             "driver", "evidence_url"})
    append(out, {text(std::string("t.") + column)});
  append_signals(out, "t");
  append(out, {list("t.raw_tags"), metrics("t.custom_metrics"), "coalesce(h.n, 0)::text", "coalesce(h.x, 0)::text"});
  return hash_of(out);
}

constexpr const char* facts_with_names =
    " FROM fact_ticket_event f LEFT JOIN dim_source_system s USING (source_system_key)"
    " LEFT JOIN dim_account a USING (account_key) LEFT JOIN dim_agent g USING (agent_key)"
    " LEFT JOIN dim_customer c USING (customer_key) LEFT JOIN dim_tag d USING (tag_key)"
    " LEFT JOIN dim_driver r USING (driver_key)";

constexpr const char* us_of = "(extract(epoch FROM ";

} // namespace

std::string ticket_rows_sql(std::string_view condition) {
  const std::string picked = " WHERE " + std::string(condition);
  return "SELECT t.ticket_id, t.ticket_sequence, " + std::string(us_of) +
         "t.last_occurred_at) * 1000000)::bigint AS us, " + ticket_hash() +
         " AS digest FROM ticket_current t LEFT JOIN (SELECT f.ticket_key, count(*) AS n, bit_xor(" + fact_hash() +
         ") AS x" + facts_with_names + " WHERE f.ticket_key IN (SELECT t.ticket_key FROM ticket_current t" + picked +
         ") GROUP BY f.ticket_key) h USING (ticket_key)" + picked;
}

std::string stray_rows_sql(std::string_view condition) {
  return "SELECT 'event ' || f.event_key AS ticket_id, f.ticket_sequence, " + std::string(us_of) +
         "f.occurred_at) * 1000000)::bigint AS us, f.event_key AS digest FROM fact_ticket_event f WHERE " +
         std::string(condition) + " AND NOT EXISTS (SELECT FROM ticket_current t WHERE t.ticket_key = f.ticket_key)";
}

std::string summary_sql() {
  return "SELECT floor(us / ($1::numeric * 1000000))::bigint, count(*), bit_xor(digest) FROM (" +
         ticket_rows_sql("true") + " UNION ALL " + stray_rows_sql("true") + ") held GROUP BY 1 ORDER BY 1";
}

} // namespace cxstream::connectors::postgres
