#include "connectors/postgres/ticket_store.hpp"

#include "connectors/postgres/put_fields.hpp"
#include "connectors/warehouse/ticket_row.hpp"

#include <algorithm>

namespace cxstream::connectors::postgres {

namespace {

#define CXSTREAM_TICKET_VALUES                                                                                         \
  "partition, ticket_sequence, events, late_events, first_occurred_at, last_occurred_at, account_id, status, "         \
  "priority,"                                                                                                          \
  " channel, agent_id, customer_id, canonical_tag, driver, evidence_url, sentiment, sentiment_score,"                  \
  " sentiment_confidence, churn_risk, churn_risk_score, churn_risk_confidence, effort, effort_score,"                  \
  " effort_confidence, raw_tags, custom_metrics, revisions, updated_at"
#define CXSTREAM_TICKET_COLUMNS "ticket_key, ticket_id, " CXSTREAM_TICKET_VALUES
constexpr std::uint16_t staged_columns = 31; // events_read, ticket_key, ticket_id and the values

constexpr const char* copy_tickets_sql =
    "COPY stage_ticket (events_read, " CXSTREAM_TICKET_COLUMNS ") FROM STDIN (FORMAT binary)";
constexpr const char* update_sql =
    "UPDATE ticket_current t SET (" CXSTREAM_TICKET_VALUES ") = ROW (s.partition, s.ticket_sequence, s.events,"
    " s.late_events, s.first_occurred_at, s.last_occurred_at, s.account_id, s.status, s.priority, s.channel, "
    "s.agent_id,"
    " s.customer_id, s.canonical_tag, s.driver, s.evidence_url, s.sentiment, s.sentiment_score, s.sentiment_confidence,"
    " s.churn_risk, s.churn_risk_score, s.churn_risk_confidence, s.effort, s.effort_score, s.effort_confidence,"
    " s.raw_tags, s.custom_metrics, s.revisions, s.updated_at) FROM stage_ticket s"
    " WHERE s.events_read > 0 AND t.ticket_key = s.ticket_key AND t.events = s.events_read";
constexpr const char* insert_tickets_sql =
    "INSERT INTO ticket_current (" CXSTREAM_TICKET_COLUMNS ") SELECT " CXSTREAM_TICKET_COLUMNS
    " FROM stage_ticket WHERE events_read = 0 ON CONFLICT DO NOTHING";

void put_json(copy_rows& out, const std::string& json) {
  if (json.empty())
    out.null();
  else
    out.put_jsonb(json);
}

} // namespace

void ticket_store::create(connection& db) {
  db.run(
      "CREATE TEMP TABLE IF NOT EXISTS stage_ticket (events_read bigint, LIKE ticket_current) ON COMMIT DELETE ROWS");
}

void ticket_store::want(std::string_view ticket_id) {
  if (!tickets_.contains(ticket_id))
    wanted_.push_back(ticket_id);
}

void ticket_store::load(connection& db) {
  if (wanted_.empty())
    return;
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  const auto found = db.query("SELECT ticket_key, ticket_id, events, revisions FROM ticket_current"
                              " WHERE ticket_id = ANY ($1::text[])",
                              {array_of(wanted_)});
  for (std::size_t i = 0; i < found.size(); ++i) {
    ticket t;
    t.key = found.integer(i, 0);
    t.events = t.events_read = static_cast<std::uint64_t>(found.integer(i, 2));
    const auto bytes = found.text(i, 3);
    t.state.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    tickets_.emplace(found.text(i, 1), std::move(t));
  }
  std::erase_if(wanted_, [this](std::string_view id) { return tickets_.contains(id); });
  if (!wanted_.empty()) {
    const auto keys = db.query("SELECT nextval('ticket_key_sequence') FROM generate_series(1, $1::int)",
                               {std::to_string(wanted_.size())});
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      tickets_[std::string(wanted_[i])].key = keys.integer(i, 0);
  }
  wanted_.clear();
}

void ticket_store::fold(ticket& t, const v1::CanonicalEvent& event, base::log_offset offset) {
  if (t.events == t.events_read)
    changed_.push_back(&t);
  ++t.events;
  fold_into_row(t.state, event, offset);
}

bool ticket_store::save(connection& db, base::timestamp now) {
  if (changed_.empty())
    return true;
  // In the order of their keys, so that two writers do not wait for each other crosswise.
  std::sort(changed_.begin(), changed_.end(), [](const ticket* a, const ticket* b) { return a->key < b->key; });
  rows_.clear();
  std::size_t updates = 0;
  for (const auto* t : changed_) {
    put(*t, now);
    updates += t->events_read > 0 ? 1 : 0;
  }
  db.copy(copy_tickets_sql, rows_.finish());
  if (updates > 0 && db.query(update_sql).changed() != updates)
    return false;
  const auto inserts = changed_.size() - updates;
  return inserts == 0 || db.query(insert_tickets_sql).changed() == inserts;
}

void ticket_store::saved() {
  for (auto* t : changed_)
    t->events_read = t->events;
  changed_.clear();
}

void ticket_store::trim() {
  if (tickets_.size() > cached_max)
    forget();
}

void ticket_store::forget() {
  tickets_.clear();
  wanted_.clear();
  changed_.clear();
}

void ticket_store::put(const ticket& t, base::timestamp now) {
  const auto& s = t.state;
  rows_.begin_row(staged_columns);
  rows_.put_int8(static_cast<std::int64_t>(t.events_read));
  rows_.put_int8(t.key);
  rows_.put_text(s.ticket_id());
  rows_.put_int4(static_cast<std::int32_t>(s.partition()));
  rows_.put_int8(static_cast<std::int64_t>(s.ticket_sequence()));
  rows_.put_int8(static_cast<std::int64_t>(t.events));
  rows_.put_int8(static_cast<std::int64_t>(s.late_events()));
  put_time(rows_, true, s.first_occurred_at());
  put_time(rows_, true, s.last_occurred_at());
  for (const auto* text : {&s.account_id(), &s.status(), &s.priority(), &s.channel(), &s.agent_id(), &s.customer_id(),
                           &s.canonical_tag(), &s.driver(), &s.evidence_url()})
    put_text(rows_, text->has_value(), text->value());
  for (const auto* signal : {&s.sentiment(), &s.churn_risk(), &s.effort()})
    put_signal(rows_, signal->value());
  put_json(rows_, tags_json(s));
  put_json(rows_, metrics_json(s));
  rows_.put_text(bytes_of(s));
  rows_.put_time(now);
}

} // namespace cxstream::connectors::postgres
