// The file sink: one JSON object a line in numbered segments ("events-000001.ndjson" …), durable at the end of every
// deliver(), each event exactly once also across kill -9 and power loss. Owned by one worker thread.
//
// Invariants:
//  1. Data is made durable before the journal record that speaks of it; what lies behind the journaled length is cut
//  off
//     when the sink is opened and after every failed write.
//  2. An event that the journal counts as written is answered `delivered` and written again only when allow_older asks
//  for it.
//  3. A segment grows beyond rotate_bytes by at most the last deliver(); finished segments are never touched again, and
//  may be
//     moved away. The segment being written must stay.
#pragma once

#include "connectors/encoding/event_body.hpp"
#include "connectors/file/file_ops.hpp"
#include "connectors/file/journal.hpp"
#include "connectors/outcomes.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors {

struct file_settings {
  std::string path;                         // directory; created when missing
  std::uint64_t rotate_bytes = 256u << 20u; // a segment that has reached it is finished
  std::uint64_t disorder_max = 4'096;       // see written_offsets.hpp
};

class file_target final : public ports::target {
public:
  static constexpr ports::target_traits traits{
      .batch_events_max = 4'000, .concurrency = 1, .guards_regress = false, .keeps_position = true};

  file_target(file_settings settings, event_body body, std::shared_ptr<file_ops> ops = posix_file_ops());

  // Errors: unavailable (may pass: in use, disk), invalid_argument (the directory is not a sound file sink).
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

  // Ends the segment being written, if it has events; the next deliver() begins another.
  base::result<void> finish_segment();
  // The number of the segment being written; those of lower numbers are finished. Precondition: open.
  std::uint64_t segment() const {
    return end_.segment;
  }
  // Its bytes.
  std::uint64_t segment_bytes() const {
    return end_.length;
  }
  // Of a segment, in any directory.
  static std::string segment_name(std::uint64_t number);

private:
  std::string path_of(std::string_view name) const;
  std::string segment_path() const;
  base::result<void> load();
  base::result<void> mend();
  base::result<void> check_new();
  base::result<void> check_segment();
  base::result<void> rotate();
  bool is_written(const ports::delivery& event) const;
  partition_changes encode_new(std::span<const ports::delivery> events, base::timestamp now, outcomes& out);
  base::result<void> commit(const partition_changes& changes);
  std::vector<ports::delivery_outcome> unreachable(std::span<const ports::delivery> events, const base::error& why);

  file_settings settings_;
  event_body body_;
  std::shared_ptr<file_ops> ops_;
  std::unique_ptr<open_file> lock_;
  std::unique_ptr<open_file> journal_;
  std::unique_ptr<open_file> segment_;
  segment_end end_;                 // of what is durably written
  partition_offsets partitions_;    // what is durably written
  partition_changes refused_;       // since the last commit
  std::uint64_t journal_bytes_ = 0; // good bytes of the journal
  bool loaded_ = false;             // end_ and partitions_ are what the disk says
  bool sound_ = false;              // both files are open and end at their good lengths
  std::string lines_;               // of the call at hand; kept for its memory
};

} // namespace cxstream::connectors
