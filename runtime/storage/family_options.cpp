#include "storage/family_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace cxstream::storage {

std::string family_name(ports::family f) {
  constexpr const char* names[ports::family_count] = {"log",     "history", "tickets", "ticket_index", "accounts",
                                                      "applied", "cursors", "waiting", "dead_letters", "meta"};
  return names[static_cast<std::size_t>(f)];
}

rocksdb::DBOptions database_options(const rocks_options& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.atomic_flush = true; // derived data is written without WAL: all families must be flushed at one point
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.bytes_per_sync = 1u << 20u;
  db.avoid_unnecessary_blocking_io = true;
  db.max_open_files = 512;
  db.keep_log_file_num = 4;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions family_options(ports::family f, const rocks_options& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions cf;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  cf.write_buffer_size = options.write_buffer_bytes;
  cf.max_write_buffer_number = 3;
  cf.level_compaction_dynamic_level_bytes = true;
  cf.compression = rocksdb::kLZ4Compression;
  switch (f) {
    case ports::family::log:
      // Packed values that never change: written beside the tree, they are not written again by its compactions.
      cf.enable_blob_files = true;
      cf.min_blob_size = 1'024;
      cf.blob_compression_type = rocksdb::kLZ4Compression;
      break;
    case ports::family::history:
      table.block_size = 32u << 10u; // packed values, read in order
      break;
    case ports::family::tickets:
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10)); // most lookups are of tickets never seen
      table.cache_index_and_filter_blocks = true;
      table.pin_l0_filter_and_index_blocks_in_cache = true;
      break;
    case ports::family::cursors:
    case ports::family::applied:
    case ports::family::meta:
      cf.compression = rocksdb::kNoCompression;
      cf.bottommost_compression = rocksdb::kNoCompression;
      break;
    default:
      break;
  }
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return cf;
}

} // namespace cxstream::storage
