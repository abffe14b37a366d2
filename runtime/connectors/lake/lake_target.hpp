// The lake sink: events gather in a file sink's folder, exactly once; each segment that is finished there becomes a
// part (a data object and its manifest) in an object store, and is then taken away. Owned by one worker thread.
//
// Invariants:
//  1. `delivered` means durable in the folder: what is not published yet is published after a crash.
//  2. A part's manifest comes after its data, and both are a function of the segment: publishing again after a crash in
//  between changes nothing. So who reads by the manifests reads every event once.
//  3. While more than unpublished_max segments wait because the store cannot be reached, nothing is taken in.
#pragma once

#include "connectors/file/file_target.hpp"
#include "connectors/lake/object_store.hpp"
#include "connectors/lake/part.hpp"

#include <memory>
#include <optional>
#include <string>

namespace cxstream::connectors {

struct lake_settings {
  file_settings staging;
  part_shape shape;
  std::chrono::milliseconds rotate_every{300'000}; // a part is at most so old when events go on coming
  std::size_t unpublished_max = 16;
  std::chrono::milliseconds retry_every{10'000}; // while the store cannot be reached
};

class lake_target final : public ports::target {
public:
  // `body` writes the rows, in an envelope when settings.shape says so.
  lake_target(lake_settings settings, event_body body, std::unique_ptr<object_store> store);

  // Errors: as the file sink's.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  // Publishes what there is.
  void close() override;

private:
  std::vector<std::uint64_t> finished() const;
  base::result<void> publish_finished();
  base::result<void> publish(std::uint64_t segment);
  base::result<void> finish_when_old(base::timestamp now);

  lake_settings settings_;
  file_target staging_;
  std::unique_ptr<object_store> store_;
  bool open_ = false;
  std::optional<base::timestamp> segment_since_; // when its first event came, as far as this process knows
  base::timestamp try_again_at_{};
};

} // namespace cxstream::connectors
