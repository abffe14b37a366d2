#include "connectors/sqlite/database.hpp"

#include <sqlite3.h>

namespace cxstream::connectors {

namespace {

[[noreturn]] void fail(sqlite3* database) {
  throw sqlite_failure(sqlite3_extended_errcode(database), std::string("SQLite: ") + sqlite3_errmsg(database));
}

} // namespace

bool sqlite_failure::about_row() const {
  const auto primary = code_ & 0xff;
  return primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH;
}

statement::statement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  const auto code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                       &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK)
    fail(database_);
}

void statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), parameter, value));
}

void statement::bind(int parameter, double value) {
  check(sqlite3_bind_double(handle_.get(), parameter, value));
}

void statement::bind(int parameter, std::string_view value) {
  check(sqlite3_bind_text(handle_.get(), parameter, value.data(), static_cast<int>(value.size()), SQLITE_STATIC));
}

void statement::bind_blob(int parameter, std::string_view value) {
  check(sqlite3_bind_blob(handle_.get(), parameter, value.data(), static_cast<int>(value.size()), SQLITE_STATIC));
}

int statement::run() {
  while (next()) {
  }
  return sqlite3_changes(database_);
}

bool statement::next() {
  const auto code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE) {
    const sqlite_failure failure(sqlite3_extended_errcode(database_),
                                 std::string("SQLite: ") + sqlite3_errmsg(database_));
    reset();
    throw failure;
  }
  reset();
  return false;
}

void statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

std::int64_t statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

double statement::real(int column) const {
  return sqlite3_column_double(handle_.get(), column);
}

bool statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::string_view statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return {data != nullptr ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return {data != nullptr ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

void statement::finalize::operator()(sqlite3_stmt* s) const {
  sqlite3_finalize(s);
}

void statement::check(int code) const {
  if (code != SQLITE_OK)
    fail(database_);
}

database::database(const std::string& path) {
  sqlite3* handle = nullptr;
  const auto code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK)
    throw sqlite_failure(code,
                         "cannot open " + path + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : "no memory"));
}

void database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(handle_.get());
}

std::int64_t database::last_inserted() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

void database::rollback() noexcept {
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void database::close::operator()(sqlite3* d) const {
  sqlite3_close_v2(d);
}

} // namespace cxstream::connectors
