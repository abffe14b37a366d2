#include "integration/harness/warehouse.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace cxstream::integration {

void warehouse::closer::operator()(sqlite3* db) const {
  sqlite3_close(db);
}

warehouse::warehouse(const std::string& path) {
  sqlite3* db = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  db_.reset(db);
  if (opened != SQLITE_OK)
    throw std::runtime_error("cannot open " + path);
  sqlite3_busy_timeout(db, 10'000);
}

std::vector<table_row> warehouse::rows(const std::string& sql) const {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get()));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
  std::vector<table_row> out;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(raw)) == SQLITE_ROW) {
    auto& row = out.emplace_back();
    for (int i = 0; i < sqlite3_column_count(raw); ++i) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw, i));
      row.emplace_back(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw, i)));
    }
  }
  if (step != SQLITE_DONE)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_.get()));
  return out;
}

std::string warehouse::value(const std::string& sql) const {
  return rows(sql).at(0).at(0);
}

void warehouse::copy_to(const std::string& path) const {
  rows("VACUUM INTO '" + path + "'");
}

std::vector<std::string> warehouse::tables_unlike(const std::string& path) const {
  std::vector<std::string> out;
  rows("ATTACH '" + path + "' AS before");
  for (const auto& table : rows("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")) {
    const auto here = "SELECT * FROM main." + table[0];
    const auto there = "SELECT * FROM before." + table[0];
    const auto differing = [&](const std::string& a, const std::string& b) {
      return value("SELECT count(*) FROM (" + a + " EXCEPT " + b + ")") != "0";
    };
    if (differing(here, there) || differing(there, here))
      out.push_back(table[0]);
  }
  rows("DETACH before");
  return out;
}

} // namespace cxstream::integration
