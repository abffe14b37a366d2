// What cxstream relies on in RocksDB.
#include "support/scratch_dir.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>

namespace cxstream {
namespace {

using support::scratch_dir;

// A database with two column families, opened in a directory.
class two_families {
public:
  explicit two_families(const std::string& path, rocksdb::Env* env = rocksdb::Env::Default()) {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.atomic_flush = true;
    options.env = env;
    const std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, {}}, {"other", {}}};
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open(options, path, families, &handles, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db.reset(opened);
  }
  ~two_families() {
    for (auto* h : handles)
      db->DestroyColumnFamilyHandle(h);
  }
  void put(const std::string& key, bool with_wal) {
    rocksdb::WriteOptions options;
    options.disableWAL = !with_wal;
    rocksdb::WriteBatch batch;
    for (auto* h : handles)
      ASSERT_TRUE(batch.Put(h, key, "value").ok());
    ASSERT_TRUE(db->Write(options, &batch).ok());
  }
  bool has(std::size_t family, const std::string& key) {
    std::string value;
    return db->Get({}, handles[family], key, &value).ok();
  }

  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
};

// The files as a process that dies now leaves them.
std::string left_behind(const scratch_dir& dir) {
  std::filesystem::copy(dir.path("db"), dir.path("copy"));
  std::filesystem::remove(dir.path("copy/LOCK"));
  return dir.path("copy");
}

TEST(RocksDb, AnAtomicFlushKeepsWritesWithoutWalOfAllFamiliesUpToOnePoint) {
  const scratch_dir dir;
  two_families live(dir.path("db"));
  live.put("before the flush", false);
  ASSERT_TRUE(live.db->Flush({}, live.handles).ok()); // as the node does; flushes that RocksDB starts take all, too
  live.put("after the flush", false);
  two_families dead(left_behind(dir));
  for (const std::size_t family : {0, 1}) {
    EXPECT_TRUE(dead.has(family, "before the flush")) << family;
    EXPECT_FALSE(dead.has(family, "after the flush")) << family;
  }
}

TEST(RocksDb, WritesWithAndWithoutWalMayMixInOneDatabase) {
  const scratch_dir dir;
  two_families live(dir.path("db"));
  live.put("logged 1", true);
  live.put("derived 1", false);
  ASSERT_TRUE(live.db->Flush({}, live.handles).ok());
  live.put("derived 2", false);
  live.put("logged 2", true);
  two_families dead(left_behind(dir));
  EXPECT_TRUE(dead.has(0, "logged 1"));
  EXPECT_TRUE(dead.has(1, "logged 2"));
  EXPECT_TRUE(dead.has(1, "derived 1"));
  EXPECT_FALSE(dead.has(1, "derived 2"));
}

// Lets the test hold up the sync of log files.
class held_sync {
public:
  void enter() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void await_inside() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return inside_ > 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

class held_file final : public rocksdb::WritableFileWrapper {
public:
  held_file(std::unique_ptr<rocksdb::WritableFile> inner, held_sync& hold)
      : rocksdb::WritableFileWrapper(inner.get()), inner_(std::move(inner)), hold_(hold) {
  }
  rocksdb::Status Sync() override {
    hold_.enter();
    return inner_->Sync();
  }
  rocksdb::Status Fsync() override {
    hold_.enter();
    return inner_->Fsync();
  }

private:
  std::unique_ptr<rocksdb::WritableFile> inner_;
  held_sync& hold_;
};

class holding_env final : public rocksdb::EnvWrapper {
public:
  explicit holding_env(held_sync& hold) : rocksdb::EnvWrapper(rocksdb::Env::Default()), hold_(hold) {
  }
  rocksdb::Status NewWritableFile(const std::string& name, std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    auto made = target()->NewWritableFile(name, file, options);
    if (made.ok() && name.ends_with(".log"))
      *file = std::make_unique<held_file>(std::move(*file), hold_);
    return made;
  }

private:
  held_sync& hold_;
};

TEST(RocksDb, ASyncOfTheWalHoldsUpNoOtherWriter) {
  held_sync hold;
  holding_env env(hold);
  const scratch_dir dir;
  two_families live(dir.path("db"), &env);
  live.put("a", true);
  auto synced = std::async(std::launch::async, [&] { return live.db->SyncWAL().ok(); });
  hold.await_inside();
  auto written = std::async(std::launch::async, [&] { live.put("b", true); });
  EXPECT_EQ(written.wait_for(std::chrono::seconds{20}), std::future_status::ready);
  EXPECT_EQ(synced.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
  EXPECT_TRUE(live.has(0, "b"));
  hold.open();
  EXPECT_TRUE(synced.get());
  written.get();
}

TEST(RocksDb, AWriteWithoutSyncIsVisibleAtOnceAndSurvivesTheDeathOfTheProcess) {
  const scratch_dir dir;
  two_families live(dir.path("db"));
  live.put("a", true);
  EXPECT_TRUE(live.has(0, "a"));
  two_families dead(left_behind(dir));
  EXPECT_TRUE(dead.has(0, "a"));
}

} // namespace
} // namespace cxstream
