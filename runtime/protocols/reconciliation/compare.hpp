// The comparison of a target with what it should hold: which buckets differ, and what is wrong with each ticket of
// them. Pure.
#pragma once

#include "ports/census.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::protocols {

enum class difference : std::uint8_t {
  missing, // the target should hold the ticket, and does not
  stale,   // it holds an earlier sequence
  altered, // it holds the sequence, or a later one, with other content
  extra,   // it holds a ticket that it should not
};
std::string_view name_of(difference kind);

struct finding {
  difference kind = difference::missing;
  std::string ticket_id;
  base::ticket_sequence expected; // 0: none
  base::ticket_sequence found;    // 0: none

  bool operator==(const finding&) const = default;
};

// Counts rows into their buckets.
class bucket_book {
public:
  explicit bucket_book(std::chrono::seconds width) : width_(width) {
  }
  void add(const ports::census_row& row);
  // Buckets that are not the same in the target, in order. A bucket without a digest is not known to be the same.
  std::vector<std::int64_t> unlike(std::span<const ports::bucket_summary> target) const;
  std::uint64_t rows() const {
    return rows_;
  }

private:
  struct bucket {
    std::uint64_t rows = 0;
    std::uint64_t digest = 0;
  };
  std::chrono::seconds width_;
  std::uint64_t rows_ = 0;
  std::map<std::int64_t, bucket> buckets_;
};

// What differs between rows of all buckets that differ, by ticket. A row that is in another bucket in the target than
// it should be is met in both: each side must have the rows of the same buckets.
std::vector<finding> compare(std::span<const ports::census_row> expected, std::span<const ports::census_row> found);

// What differs of one ticket, given that the sink may be delivering: `expected` are the rows after each number of
// events that the target may have by now, the surely delivered ones first. Nothing when the target's row is one of
// them. `found` is nothing when the target does not hold the ticket; `may_be_absent`: none of the events is surely
// delivered.
std::optional<finding> judge(const std::string& ticket_id, std::span<const ports::census_row> expected,
                             const std::optional<ports::census_row>& found, bool may_be_absent);

} // namespace cxstream::protocols
