// A connection to PostgreSQL, over libpq. Owned by one thread. Nothing waits longer than the deadline it was given,
// also when the server is frozen or the network swallows packets: libpq runs without blocking and the waiting is ours.
// Failures are thrown as `failure`; after one without SQLSTATE the connection is of no more use.
#pragma once

#include "connectors/postgres/failure.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace cxstream::connectors::postgres {

// libpq's parameters by name, in the order given.
using login = std::vector<std::pair<std::string, std::string>>;

// Rows of a query, in binary.
class rows {
public:
  explicit rows(pg_result* result) : result_(result) {
  }
  std::size_t size() const;
  bool is_null(std::size_t row, int column) const;
  // An int4 or int8 column.
  std::int64_t integer(std::size_t row, int column) const;
  // A text or bytea column.
  std::string_view text(std::size_t row, int column) const;
  // Rows that the statement inserted or updated.
  std::uint64_t changed() const;
  pg_result* raw() const {
    return result_.get();
  }

private:
  struct clear {
    void operator()(pg_result* r) const;
  };
  std::unique_ptr<pg_result, clear> result_;
};

// A parameter of a statement, as PostgreSQL reads it; nothing for NULL.
using parameter = std::optional<std::string>;

// '{"a","b"}'
std::string array_of(std::span<const std::string_view> texts);
std::string array_of(std::span<const std::int64_t> numbers);

class connection {
public:
  connection(const login& parameters, std::chrono::milliseconds connect_timeout, std::chrono::milliseconds timeout);

  // One or several statements without parameters and rows.
  void run(const std::string& sql);
  // One statement, $1 … for the parameters.
  rows query(const std::string& sql, const std::vector<parameter>& parameters = {});
  // COPY … FROM STDIN with what it is fed.
  void copy(const std::string& sql, std::string_view data);
  // Ends a transaction that may be open; false when the connection is of no more use.
  bool rollback() noexcept;
  // As the server wants it in a statement.
  std::string quoted(std::string_view identifier) const;

private:
  using clock = std::chrono::steady_clock;
  struct finish {
    void operator()(pg_conn* c) const;
  };

  void connect(const login& parameters, clock::time_point deadline);
  void wait(short events, clock::time_point deadline);
  void flush(clock::time_point deadline);
  std::optional<rows> next(clock::time_point deadline);
  rows finish_all(clock::time_point deadline);
  [[noreturn]] void fail() const;
  clock::time_point deadline() const {
    return clock::now() + timeout_;
  }

  std::unique_ptr<pg_conn, finish> handle_;
  std::chrono::milliseconds timeout_;
};

} // namespace cxstream::connectors::postgres
