#include "connectors/sqlite/sqlite_target.hpp"

#include "connectors/sqlite/census_desk.hpp"
#include "connectors/sqlite/fact_table.hpp"
#include "connectors/sqlite/schema.hpp"
#include "connectors/sqlite/ticket_table.hpp"
#include "connectors/warehouse/event_key.hpp"

#include <filesystem>
#include <fstream>

namespace cxstream::connectors {

namespace {

// What an event that SQLite refuses takes with it: the whole call, or, with a savepoint for each event (which costs),
// itself.
enum class refusal { ends_call, ends_event };

// Names this run of the machine; empty where the system does not tell.
std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string out;
  std::getline(in, out);
  return out;
}

database open_database(const sqlite_settings& settings) {
  database db(settings.path);
  db.execute(("PRAGMA busy_timeout = " + std::to_string(settings.busy_timeout.count())).c_str());
  migrate(db, warehouse_schema());
  db.execute("PRAGMA journal_mode = WAL");
  db.execute(settings.synchronous == sqlite_synchronous::full ? "PRAGMA synchronous = FULL"
                                                              : "PRAGMA synchronous = NORMAL");
  db.execute("PRAGMA cache_size = -65536");           // 64 MiB
  db.execute("PRAGMA wal_autocheckpoint = 16384");    // 64 MiB: pages that many transactions touch are copied back once
  db.execute("PRAGMA journal_size_limit = 67108864"); // after a longer one, which a long-running reader causes
  return db;
}

} // namespace

struct sqlite_target::warehouse {
  explicit warehouse(const sqlite_settings& settings)
      : db(open_database(settings)), dims(db), facts(db, dims), tickets(db),
        save_cursor(db.prepare("INSERT INTO delivery_cursor VALUES (?1, ?2) ON CONFLICT (partition)"
                               " DO UPDATE SET next_offset = excluded.next_offset"
                               " WHERE next_offset <> excluded.next_offset")),
        disorder_max(settings.disorder_max), may_have_lost(settings.synchronous == sqlite_synchronous::normal) {
    find_writer();
    auto cursors = db.prepare("SELECT partition, next_offset FROM delivery_cursor");
    while (cursors.next()) {
      const base::partition_id partition{static_cast<std::uint16_t>(cursors.integer(0))};
      const base::log_offset next{static_cast<std::uint64_t>(cursors.integer(1))};
      partitions.insert_or_assign(partition, written_offsets(disorder_max, {{base::log_offset{0}, next}}));
    }
  }

  void find_writer();
  void note_writer();
  base::log_offset position(base::partition_id partition, const written_offsets& offsets);
  std::vector<ports::delivery_outcome> write(std::span<const ports::delivery> events, base::timestamp now,
                                             refusal mode);
  bool rewrite(std::span<const ports::delivery> events, base::ticket_sequence seen, base::timestamp now);
  void erase(const std::string& ticket_id);
  void write_event(const ports::delivery& delivery, base::timestamp now, refusal mode);
  partition_offsets save_cursors(std::span<const ports::delivery> events, const outcomes& out);
  void undo() {
    db.rollback();
    dims.forget();
    tickets.forget();
  }

  database db;
  dimensions dims;
  fact_table facts;
  ticket_table tickets;
  statement save_cursor;
  std::uint64_t disorder_max;
  bool may_have_lost;        // the last deliveries, by a power loss
  bool writer_noted = false; // last_writer names this run of the machine
  partition_offsets partitions;
  v1::CanonicalEvent event; // the one at hand; kept for its memory
};

// Without a sync of every transaction a power loss takes the last ones. It cannot have, if the machine runs since then.
void sqlite_target::warehouse::find_writer() {
  auto find = db.prepare("SELECT boot_id FROM last_writer");
  const bool known = find.next();
  writer_noted = known && !boot_id().empty() && find.text(0) == boot_id();
  may_have_lost = may_have_lost && known && !writer_noted;
}

// Not before the first delivery: by then the sink has taken to heart that something may be lost.
void sqlite_target::warehouse::note_writer() {
  const auto ours = boot_id();
  db.execute("DELETE FROM last_writer");
  auto insert = db.prepare("INSERT INTO last_writer VALUES (?1)");
  insert.bind(1, std::string_view(ours));
  insert.run();
}

// When nothing was lost, the sink's own cursor is not beyond an event that is missing, and the highest event is the
// honest answer. Otherwise only what is below the cursor is sure; what comes again above it changes nothing.
base::log_offset sqlite_target::warehouse::position(base::partition_id partition, const written_offsets& offsets) {
  if (may_have_lost)
    return offsets.position();
  auto highest = db.prepare("SELECT coalesce(max(event_key) - ?1 + 1, 0) FROM fact_ticket_event"
                            " WHERE event_key BETWEEN ?1 AND ?2");
  highest.bind(1, event_key(partition, base::log_offset{0}));
  highest.bind(2, event_key(partition, event_offset_max));
  highest.next();
  return std::max(offsets.position(), base::log_offset{static_cast<std::uint64_t>(highest.integer(0))});
}

// One transaction. Throws sqlite_failure with the transaction still open.
std::vector<ports::delivery_outcome> sqlite_target::warehouse::write(std::span<const ports::delivery> events,
                                                                     base::timestamp now, refusal mode) {
  outcomes out(events);
  db.execute("BEGIN IMMEDIATE");
  if (!writer_noted)
    note_writer();
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (out.skips(i))
      continue;
    if (!event.ParseFromString(events[i].event)) {
      out.set(i, failed(ports::delivery_result::unfit, not_an_event));
      continue;
    }
    try {
      write_event(events[i], now, mode);
    } catch (const sqlite_failure& why) {
      if (mode == refusal::ends_call || !why.about_row())
        throw;
      db.execute("ROLLBACK TO event");
      db.execute("RELEASE event");
      dims.forget();
      tickets.forget();
      out.set(i, failed(ports::delivery_result::permanent, why.what()));
    }
  }
  tickets.flush();
  auto advanced = save_cursors(events, out);
  db.execute("COMMIT");
  writer_noted = true;
  for (auto& [partition, offsets] : advanced)
    partitions.insert_or_assign(partition, std::move(offsets));
  return std::move(out).take();
}

// One transaction; see sqlite_mending.
bool sqlite_target::warehouse::rewrite(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                       base::timestamp now) {
  const auto& last = events.back();
  try {
    db.execute("BEGIN IMMEDIATE");
    tickets.forget();
    auto held = db.prepare("SELECT ticket_sequence FROM ticket_current WHERE ticket_id = ?1");
    held.bind(1, std::string_view(last.ticket_id));
    const base::ticket_sequence sequence{held.next() ? static_cast<std::uint64_t>(held.integer(0)) : 0};
    held.reset();
    if (sequence > last.sequence && sequence != seen) {
      undo();
      return false;
    }
    take_away(db, last.ticket_id, events);
    for (const auto& e : events)
      if (event.ParseFromString(e.event))
        write_event(e, now, refusal::ends_call);
    tickets.flush();
    db.execute("COMMIT");
    return true;
  } catch (const sqlite_failure&) {
    undo();
    throw;
  }
}

void sqlite_target::warehouse::erase(const std::string& ticket_id) {
  try {
    db.execute("BEGIN IMMEDIATE");
    tickets.forget();
    take_away(db, ticket_id, {});
    db.execute("COMMIT");
  } catch (const sqlite_failure&) {
    undo();
    throw;
  }
}

void sqlite_target::warehouse::write_event(const ports::delivery& delivery, base::timestamp now, refusal mode) {
  if (mode == refusal::ends_event)
    db.execute("SAVEPOINT event");
  auto& ticket = tickets.at(delivery.ticket_id);
  if (facts.add(ticket.key, delivery, event, now))
    tickets.fold(ticket, event, delivery.offset);
  if (mode == refusal::ends_call)
    return;
  tickets.flush();
  db.execute("RELEASE event");
}

// Writes how far the partitions of the call are now; they are true once the transaction is committed.
partition_offsets sqlite_target::warehouse::save_cursors(std::span<const ports::delivery> events, const outcomes& out) {
  partition_changes changes;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (out.delivered(i))
      changes[events[i].partition].written.insert(events[i].offset);
  partition_offsets advanced;
  for (const auto& [partition, change] : changes)
    if (const auto known = partitions.find(partition); known != partitions.end())
      advanced.insert(*known);
  apply(changes, disorder_max, advanced);
  for (const auto& [partition, offsets] : advanced) {
    save_cursor.bind(1, std::int64_t{partition.value});
    save_cursor.bind(2, static_cast<std::int64_t>(offsets.position().value));
    save_cursor.run();
  }
  return advanced;
}

sqlite_target::sqlite_target(sqlite_settings settings) : settings_(std::move(settings)) {
  census_ = std::make_unique<sqlite_census>(
      sqlite_mending{[this] { return open() ? &warehouse_->db : nullptr; },
                     [this](std::span<const ports::delivery> events, base::ticket_sequence seen, base::timestamp now) {
                       return warehouse_->rewrite(events, seen, now);
                     },
                     [this](const std::string& ticket_id) { warehouse_->erase(ticket_id); }});
}

ports::census* sqlite_target::census_taker() {
  return census_.get();
}

sqlite_target::~sqlite_target() = default;

base::result<void> sqlite_target::open() {
  if (warehouse_)
    return {};
  try {
    if (const auto folder = std::filesystem::path(settings_.path).parent_path(); !folder.empty())
      std::filesystem::create_directories(folder);
    warehouse_ = std::make_unique<warehouse>(settings_);
    return {};
  } catch (const schema_refused& why) {
    return base::error{base::error_code::invalid_argument, settings_.path + ": " + why.what()};
  } catch (const std::exception& why) {
    return base::error{base::error_code::unavailable, settings_.path + ": " + why.what()};
  }
}

base::result<std::vector<ports::target_position>> sqlite_target::positions() {
  std::vector<ports::target_position> out;
  try {
    if (warehouse_)
      for (const auto& [partition, offsets] : warehouse_->partitions)
        out.push_back({partition, warehouse_->position(partition, offsets)});
    return out;
  } catch (const sqlite_failure& why) {
    return base::error{base::error_code::unavailable, settings_.path + ": " + why.what()};
  }
}

std::vector<ports::delivery_outcome> sqlite_target::deliver(std::span<const ports::delivery> events,
                                                            base::timestamp now) {
  const auto unreachable = [&](std::string_view why) {
    outcomes out(events);
    out.set_from(0, failed(ports::delivery_result::unreachable, why));
    return std::move(out).take();
  };
  if (auto ready = open(); !ready)
    return unreachable(ready.err().message);
  for (const auto mode : {refusal::ends_call, refusal::ends_event}) {
    try {
      return warehouse_->write(events, now, mode);
    } catch (const sqlite_failure& why) {
      warehouse_->undo();
      if (!why.about_row() || mode == refusal::ends_event)
        return unreachable(settings_.path + ": " + why.what());
    }
  }
  return unreachable("not written"); // not reached: the last mode ends in the loop
}

void sqlite_target::close() {
  warehouse_.reset();
}

} // namespace cxstream::connectors
