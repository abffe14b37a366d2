// Stopping in order, and going on after an interrupted import.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

namespace cxstream::integration {
namespace {

std::uint64_t committed(const node_process& node) {
  return std::stoull(node.ask({"stats"}).at("node").at("committed").get<std::string>());
}

std::string file_sink(const scratch_dir& dir) {
  return "[{name: archive, kind: file, path: " + (dir / "archive") + "}]";
}

TEST(Shutdown, UnderLoadEndsInTimeAndKeepsWhatWasAcked) {
  const scratch_dir dir;
  node_process node(dir, {dir / "data", file_sink(dir), ""});
  node.start();
  publish_client client;
  int number = 0;
  std::optional<int> exit_code;
  {
    const std::jthread stopper([&] {
      std::this_thread::sleep_for(1s);
      exit_code = node.terminate(20s);
    });
    client.publish(node.channel(), [&] {
      std::vector<v1::CanonicalEvent> batch;
      for (int i = 0; i < 200; ++i, ++number)
        batch.push_back(support::plain_event("T-" + std::to_string(number % 97), "key-" + std::to_string(number)));
      return std::optional(batch);
    });
  }
  EXPECT_EQ(exit_code, 0) << node.log();
  EXPECT_EQ(client.status().error_code(), grpc::StatusCode::UNAVAILABLE) << client.status().error_message();
  const auto acked = client.acked().size();
  EXPECT_GT(acked, 1'000U);

  node.start();
  EXPECT_GE(committed(node), acked);
  client.publish(node.channel(), [] { return std::nullopt; });
  EXPECT_TRUE(client.status().ok()) << client.status().error_message();
  EXPECT_THAT(client.contradictions(), testing::IsEmpty());
  EXPECT_EQ(committed(node), client.acked().size());
  ASSERT_TRUE(node.drains(30s));
  EXPECT_EQ(read_archive(dir / "archive").size(), client.acked().size());
  EXPECT_EQ(node.contradictions(), "");
}

TEST(Shutdown, AnImportThatWasKilledGoesOnWhereItStopped) {
  const auto log = external_data("eventlogs/helpdesk_italian_disco.csv.gz");
  if (!std::filesystem::exists(log))
    GTEST_SKIP() << "without the external data";
  constexpr std::uint64_t rows = 21'348;
  const scratch_dir dir;
  node_process node(dir, {dir / "data", file_sink(dir), ""});
  node.start();
  const std::vector<std::string> import{"import",  log,           "--mapping", example_mapping("helpdesk_italian.yaml"),
                                        "--state", dir / "state", "--quiet"};
  auto slow_import = import;
  slow_import.insert(slow_import.begin(), cxstream_binary());
  slow_import.insert(slow_import.end(), {"--rate", "4000", "--server", node.grpc_address()});
  {
    child_process importer(slow_import, dir / "import.out", dir / "import.out");
    ASSERT_TRUE(eventually(20s, [&] { return committed(node) > rows / 4; }));
    importer.kill9();
    importer.wait(5s);
  }
  ASSERT_LT(committed(node), rows);
  const auto summary = node.ask(import);
  EXPECT_GT(summary.at("resumed_at"), 0) << summary;
  EXPECT_EQ(committed(node), rows);
}

} // namespace
} // namespace cxstream::integration
