#include "connectors/sqlite/ticket_table.hpp"

#include "base/rfc3339.hpp"
#include "connectors/warehouse/ticket_row.hpp"
#include "model/revision.hpp"

#include <algorithm>

namespace cxstream::connectors {

namespace {

std::string time_text(const google::protobuf::Timestamp& t) {
  return base::format_rfc3339(base::from_us(model::to_us(t)));
}

constexpr std::string_view update_sql =
    "UPDATE ticket_current SET partition = ?2, ticket_sequence = ?3, late_events = ?4, first_occurred_at = ?5,"
    " last_occurred_at = ?6, last_occurred_at_us = ?7, account_id = ?8, status = ?9, priority = ?10, channel = ?11,"
    " agent_id = ?12, customer_id = ?13, canonical_tag = ?14, driver = ?15, evidence_url = ?16,"
    " sentiment = ?17, sentiment_score = ?18, sentiment_confidence = ?19,"
    " churn_risk = ?20, churn_risk_score = ?21, churn_risk_confidence = ?22,"
    " effort = ?23, effort_score = ?24, effort_confidence = ?25, raw_tags = ?26, custom_metrics = ?27, revisions = ?28"
    " WHERE ticket_key = ?1";

} // namespace

ticket_table::ticket_table(database& db)
    : db_(db), find_(db.prepare("SELECT ticket_key, revisions FROM ticket_current WHERE ticket_id = ?1")),
      insert_(db.prepare("INSERT INTO ticket_current (ticket_id) VALUES (?1)")), update_(db.prepare(update_sql)) {
}

ticket_table::ticket& ticket_table::at(std::string_view ticket_id) {
  if (const auto known = tickets_.find(ticket_id); known != tickets_.end())
    return known->second;
  ticket t;
  find_.bind(1, ticket_id);
  if (find_.next()) {
    t.key = find_.integer(0);
    const auto bytes = find_.blob(1);
    t.state.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    find_.reset();
  } else {
    insert_.bind(1, ticket_id);
    insert_.run();
    t.key = db_.last_inserted();
  }
  return tickets_.emplace(ticket_id, std::move(t)).first->second;
}

void ticket_table::fold(ticket& t, const v1::CanonicalEvent& event, base::log_offset offset) {
  fold_into_row(t.state, event, offset);
  if (!t.changed)
    changed_.push_back(&t);
  t.changed = true;
}

void ticket_table::flush() {
  std::sort(changed_.begin(), changed_.end(), [](const ticket* a, const ticket* b) { return a->key < b->key; });
  for (auto* t : changed_)
    write(*t);
  changed_.clear();
  if (tickets_.size() > cached_max)
    tickets_.clear();
}

void ticket_table::bind_signal(int first_parameter, const v1::RevisedSignal& signal) {
  const auto& value = signal.value();
  if (value.has_label())
    update_.bind(first_parameter, std::string_view(value.label()));
  if (value.has_score())
    update_.bind(first_parameter + 1, value.score());
  if (value.has_confidence())
    update_.bind(first_parameter + 2, value.confidence());
}

void ticket_table::write(ticket& t) {
  const auto& s = t.state;
  const auto first = time_text(s.first_occurred_at());
  const auto last = time_text(s.last_occurred_at());
  const auto metrics = metrics_json(s);
  const auto tags = tags_json(s);
  const auto revisions = bytes_of(s);
  update_.reset(); // a failed ticket may have left its parameters
  update_.bind(1, t.key);
  update_.bind(2, std::int64_t{s.partition()});
  update_.bind(3, static_cast<std::int64_t>(s.ticket_sequence()));
  update_.bind(4, static_cast<std::int64_t>(s.late_events()));
  update_.bind(5, std::string_view(first));
  update_.bind(6, std::string_view(last));
  update_.bind(7, model::to_us(s.last_occurred_at()));
  int parameter = 8;
  for (const auto* text : {&s.account_id(), &s.status(), &s.priority(), &s.channel(), &s.agent_id(), &s.customer_id(),
                           &s.canonical_tag(), &s.driver(), &s.evidence_url()}) {
    if (text->has_value())
      update_.bind(parameter, std::string_view(text->value()));
    ++parameter;
  }
  bind_signal(17, s.sentiment());
  bind_signal(20, s.churn_risk());
  bind_signal(23, s.effort());
  if (!tags.empty())
    update_.bind(26, std::string_view(tags));
  if (!metrics.empty())
    update_.bind(27, std::string_view(metrics));
  update_.bind_blob(28, revisions);
  update_.run();
  t.changed = false;
}

} // namespace cxstream::connectors
