// A ports::store in memory that can crash: it keeps what a real one would still have, and can be told to fail.
// Thread-safe. A scan sees the family as it was when it began, whatever is written meanwhile.
#pragma once

#include "ports/store.hpp"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace cxstream::support {

class memory_store final : public ports::store {
public:
  enum class crash { process_dies, power_fails };
  // What a failing write leaves behind: nothing, or (as after a failed sync) data that is visible and not durable.
  enum class failure { refuses, leaves_visible };

  memory_store();

  base::result<void> write(const ports::write_batch& batch, ports::durability how) override;
  base::result<std::optional<std::string>> get(ports::family where, std::string_view key) const override;
  base::result<void> scan(ports::family where, std::string_view from, std::string_view to,
                          const ports::visitor& visit) const override;
  base::result<std::optional<std::pair<std::string, std::string>>>
  last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const override;
  base::result<void> mend() override;

  // Everything up to now becomes durable, as a flush of the memtables makes it.
  void flush();
  // Loses what this kind of crash loses; the store can be used on. Of what was written without a sync, a power failure
  // leaves the first `unsynced_kept` batches (a disk may have written more than it was asked to).
  void crash_now(crash how, std::size_t unsynced_kept = 0);
  // Batches that a power failure may lose.
  std::size_t unsynced() const;
  // After `good` more writes, writes fail with this error until mend() was called `mends` times.
  void fail_writes(base::error_code code, int mends = 1, std::size_t good = 0, failure how = failure::refuses);
  // Everything a family holds, for comparisons.
  std::map<std::string, std::string> contents(ports::family where) const;

private:
  using family_map = std::map<std::string, std::string, std::less<>>;
  using image = std::array<std::shared_ptr<family_map>, ports::family_count>;
  struct logged {
    ports::write_batch batch;
    ports::durability how;
  };
  struct planned_failure {
    base::error_code code;
    std::size_t good;
    failure how;
    int mends;
    bool begun = false;
  };

  static void apply(image& to, const ports::write_batch& batch);
  void keep(const ports::write_batch& batch, ports::durability how);
  // The family as it is now; it does not change while it is held.
  std::shared_ptr<const family_map> view(ports::family where) const;

  mutable std::mutex mutex_;
  image now_;
  image flushed_;             // durable whatever happens
  std::vector<logged> since_; // batches written since the flush, in order
  std::size_t synced_ = 0;    // of since_: these many were covered by a sync
  std::optional<planned_failure> failing_;
};

} // namespace cxstream::support
