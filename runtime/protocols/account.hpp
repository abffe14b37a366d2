// The account of a sink in one partition (promise P7): what is written of it, and the proof that it adds up.
// Pure over ports::store.
#pragma once

#include "ports/store.hpp"

#include "base/ids.hpp"
#include "cxstream/v1/admin.pb.h"
#include "cxstream/v1/storage.pb.h"

#include <string>
#include <vector>

namespace cxstream::protocols {

// The cursor of a sink; a fresh one when there is none. Errors: io, corrupt.
base::result<v1::SinkCursor> read_cursor(const ports::store& store, std::string_view sink, base::partition_id p);

struct account_proof {
  v1::DeliveryCounts counts;         // recounted from the store; committed and pending against `history_total`
  std::vector<std::string> findings; // what does not add up
};
// Counts waiting entries, dead letters and the history up to the cursor, and holds them against the cursor's own
// counts. Reads again while the sink moves, until one consistent view was seen.
base::result<account_proof> prove_account(const ports::store& store, std::string_view sink, base::partition_id p,
                                          std::uint64_t history_total);

} // namespace cxstream::protocols
