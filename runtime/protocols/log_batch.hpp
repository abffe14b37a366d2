// What is appended to a partition's log: events with their fingerprints, packed into one value a commit. Pure.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/ticket.hpp"

#include <span>
#include <string>
#include <vector>

namespace cxstream::protocols {

// Spare capacity that log_entry::event should have, so that appending the pipeline_stamp (history.hpp) copies nothing.
constexpr std::size_t stamp_room = 64;

// One event on its way into the log.
struct log_entry {
  std::string event; // serialized CanonicalEvent, canonicalised; pipeline has taxonomy_version and received_at
  model::fingerprint print;

  template <class Inspector>
  friend auto inspect(Inspector& f, log_entry& x) {
    return f(x.event, x.print);
  }
};

// A committed run of entries.
struct committed_batch {
  base::log_offset first_offset;
  base::timestamp committed_at;
  std::chrono::seconds dedup_window{0};
  std::vector<log_entry> entries;

  base::log_offset next_offset() const {
    return base::log_offset{first_offset.value + entries.size()};
  }
};

// A serialized LogBatch without committed_at; commit_stamp() of the same commit is appended to it to complete it.
std::string encode_log_batch(base::epoch epoch, base::log_offset first, std::chrono::seconds dedup_window,
                             std::span<const log_entry> entries);
// What completes an encoded batch (protobuf messages that follow each other merge).
std::string commit_stamp(base::timestamp committed_at);
// Error: corrupt.
base::result<committed_batch> decode_log_batch(std::string_view value);

} // namespace cxstream::protocols
