// Keys of the warehouse's dimensions, looked up in memory first and made where they are new. Owned by the target;
// throws sqlite_failure.
//
// Invariant: what is in memory is in the database or in the open transaction. After a rollback call forget().
#pragma once

#include "base/time.hpp"
#include "connectors/sqlite/database.hpp"
#include "connectors/warehouse/text_hash.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cxstream::connectors {

// A dimension whose members are one text.
class text_dimension {
public:
  // `name`: of the table and its columns, "dim_<name>", "<name>_key"; `member`: the column of the text.
  text_dimension(database& db, const std::string& name, const std::string& member);

  std::int64_t key(std::string_view member);
  void forget() {
    keys_.clear();
  }

private:
  static constexpr std::size_t cached_max = 100'000;

  database& db_;
  statement find_;
  statement insert_;
  std::unordered_map<std::string, std::int64_t, text_hash, std::equal_to<>> keys_;
};

class dimensions {
public:
  explicit dimensions(database& db);

  text_dimension source_system;
  text_dimension account;
  text_dimension agent;
  text_dimension customer;
  text_dimension raw_tag;
  std::int64_t tag(std::string_view canonical_tag, std::string_view driver);
  std::int64_t date(base::timestamp t);
  void forget();

private:
  static constexpr std::size_t cached_max = 100'000;

  database& db_;
  statement find_tag_;
  statement insert_tag_;
  statement insert_date_;
  statement find_date_;
  std::string tag_text_; // of the lookup at hand
  std::unordered_map<std::string, std::int64_t> tags_;
  std::unordered_map<std::int64_t, std::int64_t> dates_; // by days since 1970
};

} // namespace cxstream::connectors
