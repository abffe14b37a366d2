// A disk that fills up under the node and gets room again.
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace cxstream::integration {
namespace {

// A disk of its own in memory, as long as it lives; needs the right to mount.
class small_disk {
public:
  small_disk(std::string path, const std::string& size) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    is_mounted_ = run_command({"/bin/mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path_}, 10s).exit_code == 0;
  }
  ~small_disk() {
    if (is_mounted_)
      run_command({"/bin/umount", "--lazy", path_}, 10s);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  bool is_mounted() const {
    return is_mounted_;
  }

private:
  std::string path_;
  bool is_mounted_ = false;
};

// Events of some KiB that do not compress.
class bulky_source {
public:
  std::vector<v1::CanonicalEvent> next_batch() {
    std::vector<v1::CanonicalEvent> out;
    for (int i = 0; i < 32; ++i, ++number_) {
      auto& e = out.emplace_back(
          support::plain_event("T-" + std::to_string(number_ % 50), "key-" + std::to_string(number_), number_));
      for (int tag = 0; tag < 16; ++tag)
        e.add_raw_tags(noise());
    }
    return out;
  }

private:
  std::string noise() {
    std::string out;
    while (out.size() < 200)
      out += static_cast<char>('!' + random_() % 90);
    return out;
  }

  std::mt19937_64 random_{1};
  std::int64_t number_ = 0;
};

TEST(FullDisk, IsToldToTheSourceAndLosesNothingAndPassesWhenThereIsRoom) {
  const scratch_dir dir;
  const small_disk disk(dir / "disk", "48m");
  if (!disk.is_mounted())
    GTEST_SKIP() << "without the right to mount a small disk";
  write_file(dir / "disk/ballast", std::string(20U << 20U, 'x'));
  node_process node(dir, {dir / "disk/data", "[{name: archive, kind: file, path: " + (dir / "archive") + "}]",
                          ", write_buffer_bytes: 4MiB, block_cache_bytes: 8MiB"});
  node.start();
  publish_client client;
  bulky_source source;
  // The first refusals may pass: what a flush and a compaction free is room too.
  ASSERT_TRUE(eventually(60s, [&] {
    client.publish(node.channel(), [&] { return std::optional(source.next_batch()); });
    EXPECT_THAT(client.status().error_code(),
                testing::AnyOf(grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::UNAVAILABLE))
        << client.status().error_message();
    return http_get(node.http_address(), "/readyz").status == 503;
  })) << node.log();
  const auto acked_before = client.acked().size();
  EXPECT_GT(acked_before, 500U);
  ASSERT_TRUE(node.process().is_running()) << node.log();
  EXPECT_EQ(http_get(node.http_address(), "/livez").status, 200);

  std::filesystem::remove(dir / "disk/ballast");
  EXPECT_TRUE(eventually(60s,
                         [&] {
                           int more = 5;
                           client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
                             return more-- > 0 ? std::optional(source.next_batch()) : std::nullopt;
                           });
                           return client.status().ok();
                         }))
      << client.status().error_message() << node.log();
  EXPECT_GT(client.acked().size(), acked_before);
  EXPECT_EQ(http_get(node.http_address(), "/readyz").status, 200);
  EXPECT_THAT(client.contradictions(), testing::IsEmpty());
  ASSERT_TRUE(node.drains(60s));
  EXPECT_EQ(read_archive(dir / "archive").size(), client.acked().size());
  EXPECT_EQ(node.contradictions(), "");
  EXPECT_EQ(node.terminate(), 0);
}

} // namespace
} // namespace cxstream::integration
