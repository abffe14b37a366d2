#include "connectors/postgres/load.hpp"

#include "base/rfc3339.hpp"
#include "connectors/postgres/fitting.hpp"
#include "connectors/postgres/warehouse_census.hpp"

#include <algorithm>

namespace cxstream::connectors::postgres {

loader::loader(connection& db, std::uint64_t disorder_max) : db_(db), facts_(dims_), disorder_max_(disorder_max) {
  fact_stage::create(db);
  ticket_store::create(db);
  find_writer();
  const auto cursors = db.query("SELECT partition, next_offset FROM delivery_cursor");
  for (std::size_t i = 0; i < cursors.size(); ++i) {
    const base::partition_id partition{static_cast<std::uint16_t>(cursors.integer(i, 0))};
    const base::log_offset next{static_cast<std::uint64_t>(cursors.integer(i, 1))};
    partitions_.insert_or_assign(partition, written_offsets(disorder_max, {{base::log_offset{0}, next}}));
  }
}

// A server that was promoted, or restored to an earlier time, runs on another timeline; one that was filled from a dump
// is another system. Both may lack the last deliveries.
void loader::find_writer() {
  const auto run = db_.query("SELECT (SELECT system_identifier::text FROM pg_control_system()) || '/' ||"
                             " (SELECT timeline_id::text FROM pg_control_checkpoint())");
  server_ = run.text(0, 0);
  const auto last = db_.query("SELECT server FROM last_writer");
  writer_noted_ = last.size() > 0 && last.text(0, 0) == server_;
  may_have_lost_ = last.size() > 0 && !writer_noted_;
}

// Not before the first delivery: by then the sink has taken to heart that something may be lost.
void loader::note_writer() {
  db_.run("DELETE FROM last_writer");
  db_.query("INSERT INTO last_writer VALUES ($1)", {server_});
}

void loader::write(const prepared_events& events, base::timestamp now) {
  dims_.trim();
  tickets_.trim();
  db_.run("BEGIN");
  write_open(events, now);
}

bool loader::rewrite(const prepared_events& events, base::ticket_sequence seen, base::timestamp now) {
  const auto& last = *events.back()->place;
  dims_.trim();
  tickets_.forget();
  db_.run("BEGIN");
  const auto held =
      db_.query("SELECT ticket_sequence FROM ticket_current WHERE ticket_id = $1 FOR UPDATE", {last.ticket_id});
  const base::ticket_sequence sequence{held.size() > 0 ? static_cast<std::uint64_t>(held.integer(0, 0)) : 0};
  if (sequence > last.sequence && sequence != seen) {
    db_.run("ROLLBACK");
    return false;
  }
  std::vector<std::int64_t> keys;
  for (const auto* e : events)
    keys.push_back(e->key());
  take_away(db_, last.ticket_id, keys);
  write_open(events, now);
  return true;
}

void loader::erase(const std::string& ticket_id) {
  tickets_.forget();
  db_.run("BEGIN");
  take_away(db_, ticket_id, {});
  db_.run("COMMIT");
}

// Ends with the commit.
void loader::write_open(const prepared_events& events, base::timestamp now) {
  facts_.clear();
  if (!writer_noted_)
    note_writer();
  look_up(events);
  const auto fresh = load_facts(events, now);
  check_places(fresh);
  counts n{.inserted = fresh.size()};
  for (const auto* e : fresh) {
    tickets_.fold(tickets_.at(e->place->ticket_id), e->event, e->place->offset);
    n.late += e->event.pipeline().late() ? 1 : 0;
    n.discarded += e->discards.size();
    note_discards(*e, now);
  }
  if (!tickets_.save(db_, now))
    throw overtaken();
  facts_.load_tags(db_, fresh);
  auto advanced = save_cursors(events, now);
  audit(events, n, now);
  db_.run("COMMIT");
  writer_noted_ = true;
  tickets_.saved();
  for (auto& [partition, offsets] : advanced)
    partitions_.insert_or_assign(partition, std::move(offsets));
}

void loader::note_refused(const prepared_event& event, std::string_view why, base::timestamp now) {
  prepared_event whole;
  whole.place = event.place;
  whole.discards.push_back({"*", holdable(event.event.ShortDebugString(), noted_bytes_max), std::string(why)});
  note_discards(whole, now);
}

void loader::undo() {
  dims_.forget();
  tickets_.forget();
}

// When nothing was lost, the sink's own cursor is not beyond an event that is missing, and the highest event is the
// honest answer. Otherwise only what is below the cursor is sure; what comes again above it changes nothing.
std::vector<ports::target_position> loader::positions() {
  std::vector<ports::target_position> out;
  for (const auto& [partition, offsets] : partitions_) {
    auto position = offsets.position();
    if (!may_have_lost_) {
      const auto first = event_key(partition, base::log_offset{0});
      const auto highest = db_.query("SELECT max(event_key) FROM fact_ticket_event WHERE event_key BETWEEN $1 AND $2",
                                     {std::to_string(first), std::to_string(event_key(partition, event_offset_max))});
      if (!highest.is_null(0, 0))
        position = std::max(position, base::log_offset{static_cast<std::uint64_t>(highest.integer(0, 0) - first) + 1});
    }
    out.push_back({partition, position});
  }
  return out;
}

void loader::look_up(const prepared_events& events) {
  for (const auto* e : events) {
    dims_.want(e->event);
    tickets_.want(e->place->ticket_id);
  }
  dims_.load(db_);
  tickets_.load(db_);
}

// The events that are new.
prepared_events loader::load_facts(const prepared_events& events, base::timestamp now) {
  for (const auto* e : events)
    facts_.add(*e, tickets_.at(e->place->ticket_id).key, now);
  const auto inserted = facts_.load(db_);
  if (inserted.size() == events.size())
    return events;
  if (auto strangers = facts_.strangers(db_); !strangers.empty())
    throw strange_events(std::move(strangers));
  prepared_events out;
  for (const auto* e : events)
    if (inserted.contains(e->key()))
      out.push_back(e);
  return out;
}

// A fact that is new below the cursor: a row that somebody took away, or another event at the same place.
void loader::check_places(const prepared_events& fresh) {
  std::vector<std::int64_t> doubtful;
  for (const auto* e : fresh)
    if (const auto known = partitions_.find(e->place->partition);
        known != partitions_.end() && known->second.has(e->place->offset))
      doubtful.push_back(e->key());
  if (doubtful.empty())
    return;
  if (auto strangers = fact_stage::twice(db_, doubtful); !strangers.empty())
    throw strange_events(std::move(strangers));
}

void loader::note_discards(const prepared_event& e, base::timestamp now) {
  for (const auto& d : e.discards)
    db_.query("INSERT INTO discards VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
              {std::to_string(e.key()), d.column, d.value, d.reason, holdable(e.place->ticket_id, noted_bytes_max),
               base::format_rfc3339(now)});
}

// Writes how far the partitions of the call are now; they are true once the transaction is committed.
partition_offsets loader::save_cursors(const prepared_events& events, base::timestamp now) {
  partition_changes changes;
  for (const auto* e : events)
    changes[e->place->partition].written.insert(e->place->offset);
  partition_offsets advanced;
  for (const auto& [partition, change] : changes)
    if (const auto known = partitions_.find(partition); known != partitions_.end())
      advanced.insert(*known);
  apply(changes, disorder_max_, advanced);
  std::vector<std::int64_t> partitions;
  std::vector<std::int64_t> offsets;
  for (const auto& [partition, written] : advanced) {
    partitions.push_back(partition.value);
    offsets.push_back(static_cast<std::int64_t>(written.position().value));
  }
  db_.query(
      "INSERT INTO delivery_cursor SELECT p, o, $3::timestamptz FROM unnest($1::int[], $2::bigint[]) AS c (p, o)"
      " ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset, updated_at = excluded.updated_at"
      " WHERE delivery_cursor.next_offset <> excluded.next_offset",
      {array_of(partitions), array_of(offsets), base::format_rfc3339(now)});
  return advanced;
}

void loader::audit(const prepared_events& events, const counts& n, base::timestamp now) {
  const auto [first, last] = std::minmax_element(
      events.begin(), events.end(), [](const auto* a, const auto* b) { return a->occurred_at() < b->occurred_at(); });
  db_.query("INSERT INTO load_audit (loaded_at, events, inserted, known, late, tickets, discarded, first_occurred_at,"
            " last_occurred_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            {base::format_rfc3339(now), std::to_string(events.size()), std::to_string(n.inserted),
             std::to_string(events.size() - n.inserted), std::to_string(n.late), std::to_string(tickets_.changed()),
             std::to_string(n.discarded), base::format_rfc3339((*first)->occurred_at()),
             base::format_rfc3339((*last)->occurred_at())});
}

} // namespace cxstream::connectors::postgres
