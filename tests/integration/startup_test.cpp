// Data that a node must not touch, and what it says about itself once it runs.
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "ports/keys.hpp"
#include "storage/rocks_store.hpp"

#include "cxstream/v1/storage.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::integration {
namespace {

void write_manifest(const std::string& data_dir, std::uint32_t format) {
  auto store = storage::rocks_store::open({data_dir + "/store"}, 0);
  ASSERT_TRUE(store) << store.err().message;
  v1::StoreManifest manifest;
  manifest.set_format_version(format);
  manifest.set_partitions(64);
  ports::write_batch batch;
  batch.put(ports::family::meta, ports::keys::manifest(), manifest.SerializeAsString());
  ASSERT_TRUE((*store)->write(batch, ports::durability::synced));
}

TEST(Startup, DataOfANewerFormatIsRefusedEachTimeWithWordsThatHelp) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[]", ""});
  node.start();
  EXPECT_EQ(node.terminate(), 0);
  write_manifest(dir / "data", storage::format_version + 1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = run_command({cxstream_binary(), "serve", "--config", dir / "node.yaml"}, 30s);
    EXPECT_NE(refused.exit_code, 0);
    EXPECT_THAT(refused.out + refused.err, testing::HasSubstr("newer cxstream"));
  }
}

TEST(Startup, ARunningNodeIsAliveReadyAndMeasured) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[]", ""});
  node.start();
  EXPECT_EQ(http_get(node.http_address(), "/livez").status, 200);
  EXPECT_EQ(http_get(node.http_address(), "/readyz").status, 200);
  EXPECT_THAT(http_get(node.http_address(), "/metrics").body,
              testing::HasSubstr("cxstream_ingest_events_accepted_total"));
  const auto address = node.http_address();
  EXPECT_EQ(node.terminate(), 0);
  EXPECT_EQ(http_get(address, "/livez").status, 0);
}

} // namespace
} // namespace cxstream::integration
