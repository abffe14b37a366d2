// A ports::store in memory that can crash: it keeps what a real one would still have, and can be told to fail.
#pragma once

#include "ports/store.hpp"

#include <array>
#include <map>
#include <mutex>

namespace cxstream::support {

class memory_store final : public ports::store {
public:
  enum class crash { process_dies, power_fails };

  base::result<void> write(const ports::write_batch& batch, ports::durability how) override;
  base::result<std::optional<std::string>> get(ports::family where, std::string_view key) const override;
  base::result<void> scan(ports::family where, std::string_view from, std::string_view to,
                          const ports::visitor& visit) const override;
  base::result<std::optional<std::pair<std::string, std::string>>>
  last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const override;
  base::result<void> mend() override;

  // Derived data up to now becomes durable, as a flush of the memtables makes it.
  void flush();
  // Loses what this kind of crash loses; the store can be used on.
  void crash_now(crash how);
  // The next writes fail with this error until mend() is called `mends` times.
  void fail_writes(base::error_code code, int mends = 1);
  // Everything a family holds, for comparisons.
  std::map<std::string, std::string> contents(ports::family where) const;

private:
  using family_map = std::map<std::string, std::string, std::less<>>;
  using image = std::array<family_map, ports::family_count>;
  struct logged {
    ports::write_batch batch;
    ports::durability how;
  };

  static void apply(image& to, const ports::write_batch& batch);

  mutable std::recursive_mutex mutex_;
  image now_;
  image flushed_;              // durable whatever happens
  std::vector<logged> since_;  // batches written since the flush, in order
  std::size_t synced_ = 0;     // of since_: these many were covered by a sync
  std::optional<base::error_code> failing_;
  int mends_needed_ = 0;
};

} // namespace cxstream::support
