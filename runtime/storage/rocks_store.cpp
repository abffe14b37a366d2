#include "storage/rocks_store.hpp"

#include "ports/keys.hpp"
#include "storage/family_options.hpp"
#include "storage/status.hpp"

#include "cxstream/v1/storage.pb.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>

namespace cxstream::storage {

namespace {

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

// Writes the manifest of a new store, or checks that an old one is ours to open.
base::result<void> check_manifest(rocks_store& store, const rocks_options& options, std::int64_t now_us) {
  auto found = store.get(ports::family::meta, ports::keys::manifest());
  if (!found)
    return found.err();
  v1::StoreManifest manifest;
  if (!*found) {
    manifest.set_format_version(format_version);
    manifest.set_partitions(options.partitions);
    manifest.set_created_at_us(now_us);
    ports::write_batch batch;
    batch.put(ports::family::meta, ports::keys::manifest(), manifest.SerializeAsString());
    return store.write(batch, ports::durability::synced);
  }
  if (!manifest.ParseFromString(**found))
    return base::error{base::error_code::corrupt,
                       "the manifest of " + options.path + " cannot be read; restore a backup"};
  if (manifest.format_version() > format_version)
    return base::error{base::error_code::unsupported_format,
                       options.path + " was written in format " + std::to_string(manifest.format_version()) +
                           ", this program reads up to " + std::to_string(format_version) +
                           "; start it with the newer cxstream that wrote it"};
  if (manifest.format_version() < format_version)
    return base::error{base::error_code::unsupported_format,
                       options.path + " was written in format " + std::to_string(manifest.format_version()) +
                           " of a development version, this program reads " + std::to_string(format_version) +
                           "; start with an empty data directory and send the events again"};
  if (manifest.partitions() != options.partitions)
    return base::error{base::error_code::failed_precondition,
                       options.path + " has " + std::to_string(manifest.partitions()) +
                           " partitions, the configuration says " + std::to_string(options.partitions) +
                           "; the number is fixed when a data directory is created"};
  return {};
}

} // namespace

base::result<std::unique_ptr<rocks_store>> rocks_store::open(const rocks_options& options, std::int64_t now_us) {
  std::error_code ec;
  std::filesystem::create_directories(options.path, ec);
  if (ec)
    return base::error{base::error_code::io, "cannot create " + options.path + ": " + ec.message()};
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  rocksdb::ColumnFamilyOptions
      unused; // after a full disk RocksDB waits for room for the largest buffer of all families
  unused.write_buffer_size = options.write_buffer_bytes;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, unused);
  for (std::size_t i = 0; i < ports::family_count; ++i) {
    const auto f = static_cast<ports::family>(i);
    families.emplace_back(family_name(f), family_options(f, options, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(database_options(options), options.path, families, &handles, &db);
  if (!status.ok()) {
    if (status.IsIOError() && status.ToString().find("/LOCK") != std::string::npos)
      return base::error{base::error_code::failed_precondition,
                         options.path + " is in use by another process; stop it or choose another data_dir"};
    return to_error(status, "cannot open " + options.path);
  }
  std::unique_ptr<rocks_store> store(new rocks_store);
  store->path_ = options.path;
  store->room_bytes_min_ = 2 * options.write_buffer_bytes;
  store->db_.reset(db);
  store->default_handle_ = handles[0];
  for (std::size_t i = 0; i < ports::family_count; ++i)
    store->handles_[i] = handles[i + 1];
  if (auto checked = check_manifest(*store, options, now_us); !checked)
    return checked.err();
  return store;
}

rocks_store::~rocks_store() {
  if (!db_)
    return;
  for (auto* h : handles_)
    db_->DestroyColumnFamilyHandle(h);
  db_->DestroyColumnFamilyHandle(default_handle_);
  db_->Close();
}

base::result<void> rocks_store::check_room(std::uint64_t batch_bytes) const {
  std::error_code ec;
  const auto space = std::filesystem::space(path_, ec);
  const auto needed = room_bytes_min_ + 2 * batch_bytes; // in the log, and once more when it is flushed
  if (ec || space.available >= needed)
    return {};
  return base::error{base::error_code::resource_exhausted,
                     "the disk of " + path_ + " has " + std::to_string(space.available) + " bytes left, " +
                         std::to_string(needed) + " are needed to go on: make room"};
}

base::result<void> rocks_store::write(const ports::write_batch& batch, ports::durability how) {
  if (broken_.load(std::memory_order_relaxed))
    return base::error{base::error_code::unavailable, "the store is waiting for the disk to be mended"};
  std::size_t size = 64;
  for (const auto& op : batch.operations())
    size += op.key.size() + op.value.size() + 16;
  if (auto room = check_room(size); !room) {
    broken_ = true;
    return room;
  }
  rocksdb::WriteBatch out(size);
  for (const auto& op : batch.operations()) {
    auto* cf = handle(op.where);
    rocksdb::Status added;
    switch (op.what) {
      case ports::write_batch::kind::put:
        added = out.Put(cf, op.key, op.value);
        break;
      case ports::write_batch::kind::erase:
        added = out.Delete(cf, op.key);
        break;
      case ports::write_batch::kind::erase_range:
        added = out.DeleteRange(cf, op.key, op.value);
        break;
    }
    if (!added.ok())
      return to_error(added, "cannot build a write batch");
  }
  rocksdb::WriteOptions options;
  options.disableWAL = how == ports::durability::derived;
  auto status = db_->Write(options, &out);
  if (status.ok() && how == ports::durability::synced)
    status = db_->SyncWAL();
  if (status.ok())
    return {};
  broken_ = true;
  return to_error(status, "cannot write");
}

base::result<std::optional<std::string>> rocks_store::get(ports::family where, std::string_view key) const {
  std::string value;
  const auto status = db_->Get({}, handle(where), slice(key), &value);
  if (status.ok())
    return std::optional<std::string>(std::move(value));
  if (status.IsNotFound())
    return std::optional<std::string>();
  return to_error(status, "cannot read");
}

base::result<void> rocks_store::scan(ports::family where, std::string_view from, std::string_view to,
                                     const ports::visitor& visit) const {
  rocksdb::ReadOptions options;
  const auto upper = slice(to);
  if (!to.empty())
    options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, handle(where)));
  for (it->Seek(slice(from)); it->Valid(); it->Next())
    if (!visit({it->key().data(), it->key().size()}, {it->value().data(), it->value().size()}))
      break;
  if (!it->status().ok())
    return to_error(it->status(), "cannot read");
  return {};
}

base::result<std::optional<std::pair<std::string, std::string>>>
rocks_store::last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const {
  using found = std::optional<std::pair<std::string, std::string>>;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}, handle(where)));
  it->SeekForPrev(slice(key));
  if (!it->status().ok())
    return to_error(it->status(), "cannot read");
  if (!it->Valid() || it->key().compare(slice(lowest)) < 0)
    return found();
  return found(std::pair(it->key().ToString(), it->value().ToString()));
}

base::result<void> rocks_store::mend() {
  // More than a write asks for: a store that just has room would fail again at the next write, and again.
  if (auto room = check_room(room_bytes_min_ / 8); !room)
    return room;
  auto status = db_->Resume();
  if (status.ok() || status.IsNotSupported()) {
    rocksdb::FlushOptions flush;
    flush.wait = true;
    std::vector<rocksdb::ColumnFamilyHandle*> all(handles_.begin(), handles_.end());
    status = db_->Flush(flush, all); // what a failed sync left visible becomes durable
  }
  if (!status.ok())
    return to_error(status, "the disk is still not writable");
  broken_ = false;
  return {};
}

} // namespace cxstream::storage
