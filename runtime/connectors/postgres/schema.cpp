#include "connectors/postgres/schema.hpp"

#include "connectors/postgres/schema_v1.hpp"

#include <array>

namespace cxstream::connectors::postgres {

namespace {

constexpr std::array steps_to_newest{schema_v1};
constexpr std::string_view migration_lock = "hashtextextended('cxstream migration of ' || $1, 0)";

void run_missing(connection& db, const std::string& schema, schema_steps steps) {
  const auto& name = db.quoted(schema);
  db.query("SELECT pg_advisory_xact_lock(" + std::string(migration_lock) + ")", {schema});
  if (db.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", {schema}).size() == 0)
    db.run("CREATE SCHEMA " + name);
  const auto tables = db.query("SELECT count(*), count(*) FILTER (WHERE relname = 'schema_version') FROM pg_class"
                               " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)",
                               {schema});
  const bool ours = tables.integer(0, 1) > 0;
  if (!ours && tables.integer(0, 0) > 0)
    throw schema_refused("the schema \"" + schema + "\" has tables of something else; name another one");
  db.run("SET LOCAL search_path TO " + name);
  if (!ours)
    db.run("CREATE TABLE schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
  const auto version =
      static_cast<std::size_t>(db.query("SELECT coalesce(max(version), 0) FROM schema_version").integer(0, 0));
  if (version > steps.size())
    throw schema_refused("the schema \"" + schema + "\" has version " + std::to_string(version) +
                         ", this program knows up to " + std::to_string(steps.size()) +
                         "; run the newer program that wrote it");
  for (auto step = version; step < steps.size(); ++step) {
    db.run(steps[step]);
    db.query("INSERT INTO schema_version (version) VALUES ($1)", {std::to_string(step + 1)});
  }
}

} // namespace

schema_steps warehouse_schema() {
  return steps_to_newest;
}

void migrate(connection& db, const std::string& schema, schema_steps steps) {
  db.run("BEGIN");
  run_missing(db, schema, steps);
  db.run("COMMIT");
  db.run("SET search_path TO " + db.quoted(schema) + ", pg_temp");
}

void let_read(connection& db, const std::string& schema, const std::string& role) {
  const auto reader = db.quoted(role);
  db.run("GRANT USAGE ON SCHEMA " + db.quoted(schema) + " TO " + reader);
  for (const auto* view : {"v_ticket_current", "v_ticket_history", "v_driver_daily", "v_freshness"})
    db.run("GRANT SELECT ON " + std::string(view) + " TO " + reader);
}

} // namespace cxstream::connectors::postgres
