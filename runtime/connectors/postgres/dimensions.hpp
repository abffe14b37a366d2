// Keys of the warehouse's dimensions: known ones from memory, all unknown ones of a batch in one question each. Owned
// by the target; throws `failure`.
//
// Invariant: what is in memory is in the database or in the open transaction. After a rollback call forget().
#pragma once

#include "base/time.hpp"
#include "connectors/postgres/connection.hpp"
#include "connectors/warehouse/text_hash.hpp"

#include "cxstream/v1/event.pb.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace cxstream::connectors::postgres {

// A dimension whose members are one text.
class text_dimension {
public:
  // `name`: of the table and its key, "dim_<name>", "<name>_key"; `member`: the column of the text.
  text_dimension(const std::string& name, const std::string& member);

  // Asks for a member; the view must be good until load().
  void want(std::string_view member);
  // Looks up, or makes, what was asked for.
  void load(connection& db);
  // Precondition: it was asked for, and loaded.
  std::int64_t key(std::string_view member) const {
    return keys_.find(member)->second;
  }
  // Between two batches: keeps the memory bounded.
  void trim();
  void forget() {
    keys_.clear();
    wanted_.clear();
  }

private:
  static constexpr std::size_t cached_max = 100'000;

  void take(const rows& found);

  std::string find_;
  std::string insert_;
  std::set<std::string_view> wanted_; // sorted, so that two writers do not wait for each other crosswise
  std::unordered_map<std::string, std::int64_t, text_hash, std::equal_to<>> keys_;
};

class dimensions {
public:
  dimensions();

  // Asks for all that an event needs; the event must live until load().
  void want(const v1::CanonicalEvent& event);
  void load(connection& db);
  void trim();
  void forget();

  text_dimension source_system;
  text_dimension account;
  text_dimension agent;
  text_dimension customer;
  text_dimension tag;
  text_dimension driver;
  text_dimension raw_tag;

private:
  std::set<std::int64_t> wanted_days_; // since 1970
  std::unordered_set<std::int64_t> days_;
};

// 20260102
std::int32_t date_key(base::timestamp t);

} // namespace cxstream::connectors::postgres
