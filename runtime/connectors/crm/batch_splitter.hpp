// Cuts records into requests, and requests that the target refuses as a whole into halves, until the record that
// poisons its neighbours is alone. Pure: the caller sends what next() gives and says what became of it.
//
// Invariants:
//  1. A record is answered for exactly once; none is sent again once it has an outcome.
//  2. A request holds at most records_max records.
//  3. A refusal of n records costs at most 2·ceil(log2 n) requests more for each record that is to blame.
#pragma once

#include "ports/target.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::connectors {

// Records [from, to) of the list.
struct record_range {
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t size() const {
    return to - from;
  }
  bool operator==(const record_range&) const = default;
};

// What a request's answer says.
struct batch_answer {
  enum class verdict : std::uint8_t {
    each,    // `records` has an outcome for each record, in order
    refused, // nothing was written, because of what is in the request: `whole` says why
    failed,  // nothing is known to be written, and not because of what is in the request: `whole` holds for all
  };
  verdict is = verdict::each;
  std::vector<ports::delivery_outcome> records;
  ports::delivery_outcome whole;
};

inline batch_answer each_of(std::vector<ports::delivery_outcome> records) {
  return {batch_answer::verdict::each, std::move(records), {}};
}
inline batch_answer refused_whole(ports::delivery_outcome why) {
  return {batch_answer::verdict::refused, {}, std::move(why)};
}
inline batch_answer failed_whole(ports::delivery_outcome why) {
  return {batch_answer::verdict::failed, {}, std::move(why)};
}

class batch_splitter {
public:
  // How many records, and how many of them a request may hold.
  batch_splitter(std::size_t records, std::size_t records_max);

  // The next request; nothing when every record has its outcome.
  std::optional<record_range> next() const;
  // What became of the request that next() gives.
  void answer(batch_answer answer);
  // One a record, in order. Precondition: next() has nothing.
  std::vector<ports::delivery_outcome> take() &&;

private:
  void settle(record_range range, const ports::delivery_outcome& outcome);

  std::deque<record_range> waiting_;
  std::vector<ports::delivery_outcome> outcomes_;
};

} // namespace cxstream::connectors
