// The account of an import: which rows are settled (answered by the node, or refused before it), and how many came to
// what. Pure; owned by one thread.
//
// Invariants:
//  1. settled() never falls, and every row before it is settled.
//  2. Lines of refused rows come out in the order of the rows, each once, and only when every row before them is
//  settled: so
//     a file of them can be cut back to a remembered length when an import is resumed.
#pragma once

#include "cxstream/v1/ingest.pb.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace cxstream::sources {

struct import_counts {
  std::uint64_t rows = 0; // settled
  std::uint64_t accepted = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t conflict = 0;
  std::uint64_t rejected = 0; // by the node
  std::uint64_t unmapped = 0; // refused before it was sent
  std::uint64_t late = 0;     // of the accepted
  std::uint64_t dropped = 0;  // left out by the mapping, on purpose

  bool operator==(const import_counts&) const = default;
  bool all_taken() const {
    return conflict + rejected + unmapped == 0;
  }
};

class import_ledger {
public:
  // `settled` rows were settled by an earlier run, which counted `counts`.
  explicit import_ledger(std::uint64_t settled = 0, const import_counts& counts = {})
      : settled_(settled), counts_(counts) {
  }

  // The next `rows` rows go out together as batch `id`; ids rise.
  void sent(std::uint64_t id, std::uint64_t rows);
  // What became of a batch: its counts (rows need not be filled), and a line for each of its refused rows.
  void settle(std::uint64_t id, const import_counts& counts, std::vector<std::string> refused_lines);

  // Rows below this place are settled.
  std::uint64_t settled() const {
    return settled_;
  }
  // Of the rows before settled().
  const import_counts& counts() const {
    return counts_;
  }
  // Lines of refused rows before settled() that were not yet taken.
  std::vector<std::string> take_refused_lines();

private:
  struct batch {
    std::uint64_t id;
    std::uint64_t rows;
    bool is_settled = false;
    import_counts counts = {};
    std::vector<std::string> refused_lines = {};
  };

  std::uint64_t settled_;
  import_counts counts_;
  std::deque<batch> open_; // in the order of their rows
  std::vector<std::string> refused_lines_;
};

// Adds the node's result for one event.
void count(import_counts& counts, const v1::EventResult& result);

} // namespace cxstream::sources
