#include "connectors/sqlite/schema.hpp"

#include "connectors/sqlite/schema_v1.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::array steps_to_newest{schema_v1};
constexpr std::int64_t application_id = 0x43585344; // "CXSD"; tells a warehouse from other people's databases

std::int64_t number_of(database& db, std::string_view sql) {
  auto query = db.prepare(sql);
  const auto value = query.next() ? query.integer(0) : 0;
  query.reset();
  return value;
}

void run_missing(database& db, schema_steps steps) {
  const auto version = static_cast<std::size_t>(number_of(db, "PRAGMA user_version"));
  if (version > steps.size())
    throw schema_refused("the warehouse has version " + std::to_string(version) + ", this program knows up to " +
                         std::to_string(steps.size()) + "; run the newer program that wrote it");
  const auto id = number_of(db, "PRAGMA application_id");
  const auto tables = number_of(db, "SELECT count(*) FROM sqlite_schema");
  if (version == 0 ? tables != 0 : id != application_id)
    throw schema_refused("the file is a database of something else; name a new file");
  for (auto step = version; step < steps.size(); ++step)
    db.execute(steps[step]);
  if (version == steps.size())
    return;
  db.execute(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
  db.execute(("PRAGMA user_version = " + std::to_string(steps.size())).c_str());
}

} // namespace

schema_steps warehouse_schema() {
  return steps_to_newest;
}

void migrate(database& db, schema_steps steps) {
  db.execute("BEGIN IMMEDIATE");
  try {
    run_missing(db, steps);
    db.execute("COMMIT");
  } catch (...) {
    db.rollback();
    throw;
  }
}

} // namespace cxstream::connectors
