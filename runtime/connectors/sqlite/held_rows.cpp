#include "connectors/sqlite/held_rows.hpp"

#include "base/rfc3339.hpp"
#include "connectors/warehouse/row_text.hpp"

#include <rapidjson/document.h>

#include <map>

namespace cxstream::connectors {

namespace {

// Columns of a statement, one after the other, as the text of a row.
class columns {
public:
  columns(const statement& row, row_text& out, int first) : row_(row), out_(out), column_(first) {
  }
  void texts(int count) {
    for (; count > 0; --count, ++column_)
      out_.text_or_absent(!row_.is_null(column_), row_.text(column_));
  }
  // An empty one is absent.
  void filled(int count) {
    for (; count > 0; --count, ++column_)
      out_.text_or_absent(!row_.text(column_).empty(), row_.text(column_));
  }
  void wholes(int count) {
    for (; count > 0; --count, ++column_)
      if (row_.is_null(column_))
        out_.absent();
      else
        out_.whole(row_.integer(column_));
  }
  void signals(int count) {
    for (; count > 0; --count) {
      texts(1);
      for (int i = 0; i < 2; ++i, ++column_)
        out_.fraction_or_absent(!row_.is_null(column_), row_.real(column_));
    }
  }
  // Text of a time.
  void time(int count) {
    for (; count > 0; --count, ++column_) {
      const auto t = base::parse_rfc3339(row_.text(column_));
      out_.text_or_absent(t.has_value(), t ? std::to_string(base::to_us(*t)) : std::string());
    }
  }
  // JSON: arrays of texts, objects of numbers. What is not as the sink writes it is told as it is.
  void lists(int count) {
    for (; count > 0; --count, ++column_)
      out_.items(items_of(row_.text(column_)));
  }

private:
  static std::string items_of(std::string_view json) {
    rapidjson::Document value;
    if (json.empty())
      return {};
    constexpr auto exact = rapidjson::kParseFullPrecisionFlag; // else a number may come back as its neighbour
    if (value.Parse<exact>(json.data(), json.size()).HasParseError() || (!value.IsArray() && !value.IsObject()))
      return std::string(json);
    std::string out;
    if (value.IsArray()) {
      for (const auto& item : value.GetArray())
        out += item.IsString() ? list_item({item.GetString(), item.GetStringLength()}) : std::string(json);
      return out;
    }
    std::map<std::string_view, double> metrics;
    for (const auto& member : value.GetObject()) {
      if (!member.value.IsNumber())
        return std::string(json);
      metrics[{member.name.GetString(), member.name.GetStringLength()}] = member.value.GetDouble();
    }
    for (const auto& [name, number] : metrics)
      out += metric_item(name, number);
    return out;
  }

  const statement& row_;
  row_text& out_;
  int column_;
};

constexpr std::string_view facts_sql =
    "SELECT f.ticket_key, f.ticket_sequence, f.event_key, f.idempotency_key, f.event_id, f.event_type, f.version,"
    " f.occurred_at_us, f.received_at_us, f.committed_at_us, f.late, s.source_system, a.account_id, g.agent_id,"
    " c.customer_id, d.canonical_tag, d.driver, f.status, f.priority, f.channel, f.sentiment, f.sentiment_score,"
    " f.sentiment_confidence, f.churn_risk, f.churn_risk_score, f.churn_risk_confidence, f.effort, f.effort_score,"
    " f.effort_confidence, f.evidence_url, f.raw_tags, f.custom_metrics, f.cleared, f.schema_version,"
    " f.taxonomy_version FROM fact_ticket_event f LEFT JOIN dim_source_system s USING (source_system_key)"
    " LEFT JOIN dim_account a USING (account_key) LEFT JOIN dim_agent g USING (agent_key)"
    " LEFT JOIN dim_customer c USING (customer_key) LEFT JOIN dim_tag d USING (tag_key)"
    " WHERE f.ticket_key IN (SELECT t.ticket_key FROM ticket_current t WHERE ";
constexpr std::string_view tickets_sql =
    "SELECT t.ticket_key, t.ticket_id, t.partition, t.ticket_sequence, t.late_events, t.first_occurred_at,"
    " t.last_occurred_at_us, t.account_id, t.status, t.priority, t.channel, t.agent_id, t.customer_id,"
    " t.canonical_tag, t.driver, t.evidence_url, t.sentiment, t.sentiment_score, t.sentiment_confidence, t.churn_risk,"
    " t.churn_risk_score, t.churn_risk_confidence, t.effort, t.effort_score, t.effort_confidence, t.raw_tags,"
    " t.custom_metrics FROM ticket_current t WHERE ";

std::int64_t fact_hash(const statement& row) {
  row_text text;
  columns c(row, text, 1);
  c.wholes(2);
  c.texts(1);
  c.filled(1);
  c.texts(1);
  c.wholes(5);
  c.texts(4);
  c.filled(2);
  c.texts(3);
  c.signals(3);
  c.filled(1);
  c.lists(3);
  c.filled(2);
  return text.hash();
}

std::int64_t ticket_hash(const statement& row, std::int64_t facts, std::int64_t digest) {
  row_text text;
  columns c(row, text, 1);
  c.texts(1);
  c.wholes(3);
  c.time(1);
  c.wholes(1);
  c.texts(9);
  c.signals(3);
  c.lists(2);
  text.whole(facts);
  text.whole(digest);
  return text.hash();
}

} // namespace

// Both run over the keys in order, side by side: nothing is gathered.
void visit_tickets(database& db, std::string_view condition, const std::function<void(statement&)>& bind,
                   const row_taker& take) {
  auto facts = db.prepare(std::string(facts_sql).append(condition).append(") ORDER BY f.ticket_key"));
  auto tickets = db.prepare(std::string(tickets_sql).append(condition).append(" ORDER BY t.ticket_key"));
  bind(facts);
  bind(tickets);
  bool more = facts.next();
  while (tickets.next()) {
    const auto key = tickets.integer(0);
    std::int64_t count = 0;
    std::int64_t digest = 0;
    for (; more && facts.integer(0) <= key; more = facts.next()) {
      if (facts.integer(0) < key)
        continue; // its ticket went in between
      ++count;
      digest ^= fact_hash(facts);
    }
    take({std::string(tickets.text(1)), base::ticket_sequence{static_cast<std::uint64_t>(tickets.integer(3))},
          base::from_us(tickets.integer(6)), static_cast<std::uint64_t>(ticket_hash(tickets, count, digest))});
  }
  facts.reset();
}

void visit_strays(database& db, std::string_view condition, const std::function<void(statement&)>& bind,
                  const row_taker& take) {
  auto strays =
      db.prepare(std::string("SELECT f.event_key, f.ticket_sequence, f.occurred_at_us FROM fact_ticket_event f WHERE ")
                     .append(condition)
                     .append(" AND NOT EXISTS (SELECT 1 FROM ticket_current t WHERE t.ticket_key = f.ticket_key)"));
  bind(strays);
  while (strays.next())
    take({"event " + std::to_string(strays.integer(0)),
          base::ticket_sequence{static_cast<std::uint64_t>(strays.integer(1))}, base::from_us(strays.integer(2)),
          static_cast<std::uint64_t>(strays.integer(0))});
}

} // namespace cxstream::connectors
