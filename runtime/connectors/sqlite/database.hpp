// A SQLite connection and its prepared statements. Owned by one thread. Failures are thrown as sqlite_failure, which
// never leaves this folder: sqlite_target turns it into errors and outcomes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace cxstream::connectors {

class sqlite_failure : public std::runtime_error {
public:
  sqlite_failure(int code, const std::string& message) : std::runtime_error(message), code_(code) {
  }
  // The row at hand is what SQLite refuses (a constraint, too big); otherwise the database as a whole is.
  bool about_row() const;

private:
  int code_;
};

class statement {
public:
  statement(sqlite3* database, std::string_view sql);

  // Parameters by number, from 1. Texts must live until the statement has run; what is not bound is NULL.
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view value);
  void bind_blob(int parameter, std::string_view value);
  template <class T>
  void bind(int parameter, const std::optional<T>& value) {
    if (value)
      bind(parameter, *value);
  }

  // Runs to the end; parameters are NULL again afterwards. Returns the number of rows changed.
  int run();
  // Steps to the next row; false at the end, after which the statement can be used again. Leave it with reset()
  // otherwise.
  bool next();
  void reset();
  std::int64_t integer(int column) const;
  double real(int column) const;
  bool is_null(int column) const;
  std::string_view text(int column) const; // valid until the next call
  std::string_view blob(int column) const; // valid until the next call

private:
  struct finalize {
    void operator()(sqlite3_stmt* s) const;
  };
  void check(int code) const;

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

class database {
public:
  // Opens or creates the file.
  explicit database(const std::string& path);

  void execute(const char* sql);
  statement prepare(std::string_view sql) {
    return {handle_.get(), sql};
  }
  std::int64_t last_inserted() const;
  // Ends a transaction that may be open; never fails.
  void rollback() noexcept;

private:
  struct close {
    void operator()(sqlite3* d) const;
  };
  std::unique_ptr<sqlite3, close> handle_;
};

} // namespace cxstream::connectors
