#include "connectors/postgres/months.hpp"

#include "base/rfc3339.hpp"

namespace cxstream::connectors::postgres {

namespace {

using std::chrono::year_month;

constexpr year_month first_month{std::chrono::year{1990}, std::chrono::January};
constexpr year_month last_month{std::chrono::year{2099}, std::chrono::December};

std::string start_of(year_month month) {
  return base::format_rfc3339(base::timestamp(std::chrono::sys_days(month / 1)));
}

// "fact_ticket_event_2026_01"
std::string name_of(year_month month) {
  const auto start = start_of(month);
  return "fact_ticket_event_" + start.substr(0, 4) + "_" + start.substr(5, 2);
}

} // namespace

void months::have(base::timestamp t) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(t));
  const auto month = day.year() / day.month();
  if (month < first_month || month > last_month || there_.contains(month))
    return;
  if (db_.query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", {name_of(month)}).size() == 0)
    make(month);
  there_.insert(month);
}

void months::make(year_month month) {
  const auto name = name_of(month);
  const auto from = start_of(month);
  const auto to = start_of(month + std::chrono::months{1});
  db_.run("BEGIN");
  db_.run("SELECT pg_advisory_xact_lock(hashtextextended('cxstream month of ' || current_schema(), 0))");
  if (db_.query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", {name}).size() == 0) {
    db_.run("CREATE TABLE " + name + " (LIKE fact_ticket_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)");
    db_.run("ALTER TABLE fact_ticket_event ATTACH PARTITION " + name + " FOR VALUES FROM ('" + from + "') TO ('" + to +
            "')");
  }
  db_.run("COMMIT");
}

} // namespace cxstream::connectors::postgres
