#include "connectors/sqlite/dimensions.hpp"

namespace cxstream::connectors {

text_dimension::text_dimension(database& db, const std::string& name, const std::string& member)
    : db_(db), find_(db.prepare("SELECT " + name + "_key FROM dim_" + name + " WHERE " + member + " = ?1")),
      insert_(db.prepare("INSERT INTO dim_" + name + " (" + member + ") VALUES (?1)")) {
}

std::int64_t text_dimension::key(std::string_view member) {
  if (const auto known = keys_.find(member); known != keys_.end())
    return known->second;
  std::int64_t key = 0;
  find_.bind(1, member);
  if (find_.next()) {
    key = find_.integer(0);
    find_.reset();
  } else {
    insert_.bind(1, member);
    insert_.run();
    key = db_.last_inserted();
  }
  if (keys_.size() >= cached_max)
    keys_.clear();
  keys_.emplace(member, key);
  return key;
}

dimensions::dimensions(database& db)
    : source_system(db, "source_system", "source_system"), account(db, "account", "account_id"),
      agent(db, "agent", "agent_id"), customer(db, "customer", "customer_id"), raw_tag(db, "raw_tag", "raw_tag"),
      db_(db), find_tag_(db.prepare("SELECT tag_key FROM dim_tag WHERE canonical_tag = ?1 AND driver = ?2")),
      insert_tag_(db.prepare("INSERT INTO dim_tag (canonical_tag, driver) VALUES (?1, ?2)")),
      insert_date_(db.prepare("INSERT INTO dim_date"
                              " SELECT CAST(strftime('%Y%m%d', d) AS INTEGER), d, CAST(strftime('%Y', d) AS INTEGER),"
                              " (CAST(strftime('%m', d) AS INTEGER) + 2) / 3, CAST(strftime('%m', d) AS INTEGER),"
                              " CAST(strftime('%d', d) AS INTEGER), (CAST(strftime('%w', d) AS INTEGER) + 6) % 7 + 1"
                              " FROM (SELECT date(?1, 'unixepoch') AS d) WHERE true ON CONFLICT DO NOTHING")),
      find_date_(db.prepare("SELECT date_key FROM dim_date WHERE date = date(?1, 'unixepoch')")) {
}

std::int64_t dimensions::tag(std::string_view canonical_tag, std::string_view driver) {
  tag_text_.assign(canonical_tag).append(1, '\0').append(driver);
  if (const auto known = tags_.find(tag_text_); known != tags_.end())
    return known->second;
  std::int64_t key = 0;
  find_tag_.bind(1, canonical_tag);
  find_tag_.bind(2, driver);
  if (find_tag_.next()) {
    key = find_tag_.integer(0);
    find_tag_.reset();
  } else {
    insert_tag_.bind(1, canonical_tag);
    insert_tag_.bind(2, driver);
    insert_tag_.run();
    key = db_.last_inserted();
  }
  if (tags_.size() >= cached_max)
    tags_.clear();
  tags_.emplace(tag_text_, key);
  return key;
}

std::int64_t dimensions::date(base::timestamp t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::int64_t days = day.time_since_epoch().count();
  if (const auto known = dates_.find(days); known != dates_.end())
    return known->second;
  const std::int64_t seconds = std::chrono::sys_seconds(day).time_since_epoch().count();
  insert_date_.bind(1, seconds);
  insert_date_.run();
  find_date_.bind(1, seconds);
  find_date_.next();
  const auto key = find_date_.integer(0);
  find_date_.reset();
  if (dates_.size() >= cached_max)
    dates_.clear();
  dates_.emplace(days, key);
  return key;
}

void dimensions::forget() {
  for (auto* d : {&source_system, &account, &agent, &customer, &raw_tag})
    d->forget();
  tags_.clear();
  dates_.clear();
}

} // namespace cxstream::connectors
