// ports::store on RocksDB: one database a node, one column family a family.
//
// How the invariants of ports/store.hpp are kept:
//  - synced: written to the WAL, then SyncWAL(); the sync runs beside other writers instead of holding the write queue.
//  - derived: written without WAL; atomic_flush keeps all families at one common point, so that a crash loses a suffix.
//  - a failed write stops the database until mend() (RocksDB's Resume) succeeds; nothing is acknowledged meanwhile.
//  - nothing is written when the disk has less room than all memtables need twice: RocksDB does not survive every
//    failed append to its WAL (it aborts when such a file is synced later), so it must not come to one.
// Thread-safe.
#pragma once

#include "ports/store.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string>

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
} // namespace rocksdb

namespace cxstream::storage {

// Version of what lies on disk. A program refuses data of any other one.
constexpr std::uint32_t format_version = 2;

struct rocks_options {
  std::string path;
  std::uint16_t partitions = 64;                  // written into a new store; an old one must agree
  std::uint64_t write_buffer_bytes = 128u << 20u; // over all families
  std::uint64_t block_cache_bytes = 128u << 20u;
};

class rocks_store final : public ports::store {
public:
  // Opens or creates. Errors: unsupported_format (newer data), failed_precondition (another number of partitions, or
  // the directory is in use), io, corrupt.
  static base::result<std::unique_ptr<rocks_store>> open(const rocks_options& options, std::int64_t now_us);
  ~rocks_store() override;

  base::result<void> write(const ports::write_batch& batch, ports::durability how) override;
  base::result<std::optional<std::string>> get(ports::family where, std::string_view key) const override;
  base::result<void> scan(ports::family where, std::string_view from, std::string_view to,
                          const ports::visitor& visit) const override;
  base::result<std::optional<std::pair<std::string, std::string>>>
  last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const override;
  base::result<void> mend() override;

private:
  rocks_store() = default;
  // Errors: resource_exhausted.
  base::result<void> check_room(std::uint64_t batch_bytes) const;
  rocksdb::ColumnFamilyHandle* handle(ports::family f) const {
    return handles_[static_cast<std::size_t>(f)];
  }

  std::string path_;
  std::uint64_t room_bytes_min_ = 0;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, ports::family_count> handles_{};
  rocksdb::ColumnFamilyHandle* default_handle_ = nullptr;
  std::atomic<bool> broken_ = false; // a write failed and was not mended
};

} // namespace cxstream::storage
