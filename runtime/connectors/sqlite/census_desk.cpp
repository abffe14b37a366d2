#include "connectors/sqlite/census_desk.hpp"

#include "connectors/sqlite/held_rows.hpp"
#include "connectors/warehouse/event_key.hpp"

#include <charconv>
#include <map>

namespace cxstream::connectors {

namespace {

constexpr std::string_view stray = "event "; // begins the name of a fact without a ticket
constexpr auto no_parameters = [](statement&) {};

const warehouse_shape& shape() {
  static const warehouse_shape everything;
  return everything;
}

std::optional<std::int64_t> stray_key(std::string_view ticket_id) {
  std::int64_t key = 0;
  if (!ticket_id.starts_with(stray))
    return std::nullopt;
  const auto digits = ticket_id.substr(stray.size());
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), key);
  return failed == std::errc() && end == digits.data() + digits.size() ? std::optional(key) : std::nullopt;
}

// Facts and tickets of one moment, although the sink writes meanwhile.
class one_moment {
public:
  explicit one_moment(database& db) : db_(db) {
    db_.execute("BEGIN");
  }
  one_moment(const one_moment&) = delete;
  one_moment& operator=(const one_moment&) = delete;
  ~one_moment() {
    db_.rollback();
  }

private:
  database& db_;
};

base::error unavailable(std::string_view why) {
  return {base::error_code::unavailable, std::string(why)};
}

template <class Work>
auto with_database(const sqlite_mending& mending, Work&& work)
    -> base::result<decltype(work(std::declval<database&>()))> {
  auto* db = mending.open();
  if (db == nullptr)
    return unavailable("the file cannot be opened");
  try {
    const one_moment moment(*db);
    return work(*db);
  } catch (const sqlite_failure& why) {
    return unavailable(why.what());
  }
}

} // namespace

std::unique_ptr<ports::expectation> sqlite_census::expect() const {
  return std::make_unique<expected_ticket>(shape());
}

base::result<std::vector<ports::bucket_summary>> sqlite_census::summarise(std::chrono::seconds width) {
  return with_database(mending_, [&](database& db) {
    std::map<std::int64_t, ports::bucket_summary> buckets;
    const auto count = [&](const ports::census_row& row) {
      const auto number = ports::bucket_of(row.last_occurred_at, width);
      auto& b = buckets.try_emplace(number, ports::bucket_summary{number, 0, 0}).first->second;
      ++b.rows;
      *b.digest ^= row.digest;
    };
    visit_tickets(db, "true", no_parameters, count);
    visit_strays(db, "true", no_parameters, count);
    std::vector<ports::bucket_summary> out;
    for (const auto& [number, bucket] : buckets)
      out.push_back(bucket);
    return out;
  });
}

base::result<std::vector<ports::census_row>> sqlite_census::rows_between(base::timestamp from, base::timestamp to) {
  return with_database(mending_, [&](database& db) {
    std::vector<ports::census_row> out;
    const auto range = [&](statement& s) {
      s.bind(1, base::to_us(from));
      s.bind(2, base::to_us(to));
    };
    const auto take = [&](ports::census_row row) { out.push_back(std::move(row)); };
    visit_tickets(db, "t.last_occurred_at_us >= ?1 AND t.last_occurred_at_us < ?2", range, take);
    visit_strays(db, "f.occurred_at_us >= ?1 AND f.occurred_at_us < ?2", range, take);
    return out;
  });
}

base::result<std::vector<ports::census_row>> sqlite_census::rows(std::span<const std::string> ticket_ids) {
  return with_database(mending_, [&](database& db) {
    std::vector<ports::census_row> out;
    const auto take = [&](ports::census_row row) { out.push_back(std::move(row)); };
    for (const auto& id : ticket_ids)
      if (const auto key = stray_key(id))
        visit_strays(
            db, "f.event_key = ?1", [&](statement& s) { s.bind(1, *key); }, take);
      else
        visit_tickets(
            db, "t.ticket_id = ?1", [&](statement& s) { s.bind(1, std::string_view(id)); }, take);
    return out;
  });
}

base::result<ports::mended> sqlite_census::repair(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                                  base::timestamp now) {
  if (mending_.open() == nullptr)
    return unavailable("the file cannot be opened");
  try {
    return mending_.rewrite(events, seen, now) ? ports::mended::done : ports::mended::moved_on;
  } catch (const sqlite_failure& why) {
    return base::error{why.about_row() ? base::error_code::invalid_argument : base::error_code::unavailable,
                       why.what()};
  }
}

base::result<void> sqlite_census::remove(const std::string& ticket_id) {
  if (mending_.open() == nullptr)
    return unavailable("the file cannot be opened");
  try {
    mending_.erase(ticket_id);
    return {};
  } catch (const sqlite_failure& why) {
    return unavailable(why.what());
  }
}

void take_away(database& db, const std::string& ticket_id, std::span<const ports::delivery> events) {
  auto forget_tags = db.prepare("DELETE FROM bridge_event_raw_tag WHERE event_key = ?1");
  auto forget_fact = db.prepare("DELETE FROM fact_ticket_event WHERE event_key = ?1");
  const auto forget = [&](std::int64_t key) {
    forget_tags.bind(1, key);
    forget_tags.run();
    forget_fact.bind(1, key);
    forget_fact.run();
  };
  if (const auto key = stray_key(ticket_id))
    forget(*key);
  for (const auto& e : events)
    forget(event_key(e.partition, e.offset));
  for (const auto* sql :
       {"DELETE FROM bridge_event_raw_tag WHERE event_key IN (SELECT event_key FROM fact_ticket_event JOIN"
        " ticket_current USING (ticket_key) WHERE ticket_id = ?1)",
        "DELETE FROM fact_ticket_event WHERE ticket_key IN (SELECT ticket_key FROM ticket_current WHERE ticket_id = "
        "?1)",
        "DELETE FROM ticket_current WHERE ticket_id = ?1"}) {
    auto statement = db.prepare(sql);
    statement.bind(1, std::string_view(ticket_id));
    statement.run();
  }
}

} // namespace cxstream::connectors
