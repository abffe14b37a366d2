#include "connectors/postgres/warehouse_census.hpp"

#include "connectors/postgres/census_sql.hpp"

#include <charconv>

namespace cxstream::connectors::postgres {

namespace {

constexpr std::string_view stray = "event "; // begins the name of a fact without a ticket

std::vector<ports::census_row> rows_in(const rows& found) {
  std::vector<ports::census_row> out;
  for (std::size_t i = 0; i < found.size(); ++i)
    out.push_back({std::string(found.text(i, 0)),
                   base::ticket_sequence{static_cast<std::uint64_t>(found.integer(i, 1))},
                   base::from_us(found.integer(i, 2)), static_cast<std::uint64_t>(found.integer(i, 3))});
  return out;
}

void append(std::vector<ports::census_row>& out, std::vector<ports::census_row> more) {
  for (auto& row : more)
    out.push_back(std::move(row));
}

std::optional<std::int64_t> stray_key(std::string_view ticket_id) {
  std::int64_t key = 0;
  if (!ticket_id.starts_with(stray))
    return std::nullopt;
  const auto digits = ticket_id.substr(stray.size());
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), key);
  return failed == std::errc() && end == digits.data() + digits.size() ? std::optional(key) : std::nullopt;
}

std::string seconds_text(base::timestamp t) {
  const auto us = base::to_us(t);
  return std::to_string(us / 1'000'000) + "." + std::to_string(1'000'000 + us % 1'000'000).substr(1);
}

} // namespace

const warehouse_shape& shape() {
  static const warehouse_shape it{[](v1::CanonicalEvent& event) {
                                    std::vector<discard> discards;
                                    return !make_fit(event, discards);
                                  },
                                  true};
  return it;
}

std::vector<ports::bucket_summary> summarise(connection& db, std::chrono::seconds width) {
  const auto found = db.query(summary_sql(), {std::to_string(width.count())});
  std::vector<ports::bucket_summary> out;
  for (std::size_t i = 0; i < found.size(); ++i)
    out.push_back({found.integer(i, 0), static_cast<std::uint64_t>(found.integer(i, 1)),
                   static_cast<std::uint64_t>(found.integer(i, 2))});
  return out;
}

std::vector<ports::census_row> rows_between(connection& db, base::timestamp from, base::timestamp to) {
  const std::vector<parameter> range{seconds_text(from), seconds_text(to)};
  auto out = rows_in(db.query(
      ticket_rows_sql("t.last_occurred_at >= to_timestamp($1) AND t.last_occurred_at < to_timestamp($2)"), range));
  append(out, rows_in(db.query(stray_rows_sql("f.occurred_at >= to_timestamp($1) AND f.occurred_at < to_timestamp($2)"),
                               range)));
  return out;
}

std::vector<ports::census_row> rows_of(connection& db, std::span<const std::string> ticket_ids) {
  std::vector<std::string_view> tickets;
  std::vector<std::int64_t> strays;
  for (const auto& id : ticket_ids)
    if (const auto key = stray_key(id))
      strays.push_back(*key);
    else
      tickets.push_back(id);
  auto out = rows_in(db.query(ticket_rows_sql("t.ticket_id = ANY ($1::text[])"), {array_of(tickets)}));
  if (!strays.empty())
    append(out, rows_in(db.query(stray_rows_sql("f.event_key = ANY ($1::bigint[])"), {array_of(strays)})));
  return out;
}

void take_away(connection& db, const std::string& ticket_id, const std::vector<std::int64_t>& event_keys) {
  auto keys = event_keys;
  if (const auto key = stray_key(ticket_id))
    keys.push_back(*key);
  const auto held = db.query("DELETE FROM ticket_current WHERE ticket_id = $1 RETURNING ticket_key", {ticket_id});
  std::vector<std::int64_t> ticket_keys;
  for (std::size_t i = 0; i < held.size(); ++i)
    ticket_keys.push_back(held.integer(i, 0));
  const auto gone = db.query("DELETE FROM fact_ticket_event WHERE event_key = ANY ($1::bigint[]) OR"
                             " ticket_key = ANY ($2::bigint[]) RETURNING event_key",
                             {array_of(keys), array_of(ticket_keys)});
  for (std::size_t i = 0; i < gone.size(); ++i)
    keys.push_back(gone.integer(i, 0));
  db.query("DELETE FROM bridge_event_raw_tag WHERE event_key = ANY ($1::bigint[])", {array_of(keys)});
}

} // namespace cxstream::connectors::postgres
