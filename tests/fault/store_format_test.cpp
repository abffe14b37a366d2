// What a store says about a directory that it cannot or must not open.
#include "fault/steady_writer.hpp"
#include "ports/keys.hpp"
#include "support/scratch_dir.hpp"

#include "cxstream/v1/storage.pb.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cxstream::fault {
namespace {

using ports::durability;
using ports::family;
using storage::rocks_store;

class StoreFormat : public testing::Test {
protected:
  base::result<std::unique_ptr<rocks_store>> open() {
    return rocks_store::open(options, 42);
  }
  void put(family where, const std::string& key, const std::string& value, durability how = durability::synced) {
    auto store = open();
    ASSERT_TRUE(store) << store.err().message;
    ports::write_batch batch;
    batch.put(where, key, value);
    ASSERT_TRUE((*store)->write(batch, how));
  }

  support::scratch_dir dir;
  storage::rocks_options options = small_store(dir.path("a/new/store"));
};

TEST_F(StoreFormat, ANewDirectoryIsMadeAndNamesItsFormat) {
  auto store = open();
  ASSERT_TRUE(store);
  v1::StoreManifest manifest;
  ASSERT_TRUE(manifest.ParseFromString(**(*store)->get(family::meta, ports::keys::manifest())));
  EXPECT_EQ(manifest.format_version(), storage::format_version);
  EXPECT_EQ(manifest.partitions(), 4u);
  EXPECT_EQ(manifest.created_at_us(), 42);
}

TEST_F(StoreFormat, EveryFamilyIsThereAgainAfterACleanEnd) {
  for (std::size_t i = 0; i < ports::family_count; ++i)
    for (const auto how : {durability::derived, durability::buffered, durability::synced})
      put(static_cast<family>(i), "key " + std::to_string(static_cast<int>(how)), "value", how);
  auto store = open();
  ASSERT_TRUE(store);
  for (std::size_t i = 0; i < ports::family_count; ++i)
    for (int how = 0; how < 3; ++how)
      EXPECT_EQ(**(*store)->get(static_cast<family>(i), "key " + std::to_string(how)), "value");
}

TEST_F(StoreFormat, ANewerFormatIsRefusedWithWordsThatHelp) {
  v1::StoreManifest newer;
  newer.set_format_version(storage::format_version + 1);
  newer.set_partitions(4);
  put(family::meta, ports::keys::manifest(), newer.SerializeAsString());
  auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.err().code, base::error_code::unsupported_format);
  EXPECT_NE(store.err().message.find("format " + std::to_string(storage::format_version + 1)), std::string::npos);
  EXPECT_NE(store.err().message.find("newer cxstream"), std::string::npos);
}

TEST_F(StoreFormat, AnOlderFormatThatIsNoLongerReadIsRefusedToo) {
  v1::StoreManifest older;
  older.set_format_version(storage::format_version - 1);
  older.set_partitions(4);
  put(family::meta, ports::keys::manifest(), older.SerializeAsString());
  auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.err().code, base::error_code::unsupported_format);
  EXPECT_NE(store.err().message.find("empty data directory"), std::string::npos);
}

TEST_F(StoreFormat, AnotherNumberOfPartitionsIsRefused) {
  put(family::meta, "anything", "");
  options.partitions = 8;
  auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.err().code, base::error_code::failed_precondition);
  EXPECT_NE(store.err().message.find("has 4 partitions, the configuration says 8"), std::string::npos);
}

TEST_F(StoreFormat, ADamagedManifestIsCalledDamaged) {
  put(family::meta, ports::keys::manifest(), "\xff");
  EXPECT_EQ(open().err().code, base::error_code::corrupt);
}

TEST_F(StoreFormat, TheSameDirectoryIsNotOpenedTwiceInOneProcess) {
  auto first = open();
  ASSERT_TRUE(first);
  EXPECT_EQ(open().err().code, base::error_code::failed_precondition);
}

TEST_F(StoreFormat, DamagedFilesAreNotMistakenForAnotherProcess) {
  put(family::log, "k", std::string(100'000, 'x'));
  for (const auto& entry : std::filesystem::directory_iterator(options.path))
    if (entry.path().filename().string().starts_with("MANIFEST")) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(20);
      file.write("damage damage damage", 20);
    }
  auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.err().code, base::error_code::corrupt) << store.err().message;
}

TEST_F(StoreFormat, APlaceThatCannotBeADirectoryIsAnIoError) {
  std::ofstream(dir.path("file")) << "x";
  options.path = dir.path("file/store");
  auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.err().code, base::error_code::io);
}

} // namespace
} // namespace cxstream::fault
