// What PostgreSQL refuses, and what that says: about the row, about this transaction, or about the server as a whole.
// The classification is pure. The exception never leaves this folder: postgres_target turns it into errors and
// outcomes.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace cxstream::connectors::postgres {

enum class fault : unsigned char {
  away,      // no connection, no room, no right, no table: says nothing about the rows
  collision, // another transaction was in the way: the same again may pass at once
  row,       // a value or a constraint: some row of the statement will never pass
};

// Of an SQLSTATE (five characters; empty when the server did not answer).
fault fault_of(std::string_view sqlstate) noexcept;

class failure : public std::runtime_error {
public:
  failure(std::string sqlstate, const std::string& message)
      : std::runtime_error(message), sqlstate_(std::move(sqlstate)) {
  }
  fault what_kind() const noexcept {
    return fault_of(sqlstate_);
  }
  const std::string& sqlstate() const noexcept {
    return sqlstate_;
  }

private:
  std::string sqlstate_;
};

} // namespace cxstream::connectors::postgres
