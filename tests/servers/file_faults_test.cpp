// The file connector while it is killed: what was acknowledged is there once.
#include "connectors/factory.hpp"
#include "servers/harness/killed_delivery.hpp"
#include "unit/connectors/deliveries.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <set>

namespace cxstream::servers {
namespace {

std::vector<std::string> lines_in(const std::string& directory) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".ndjson")
      continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      out.push_back(line);
  }
  return out;
}

TEST(FileFaults, KeepsEveryEventOnceWhileTheNodeIsKilledAgainAndAgain) {
  const connectors_test::scratch_directory directory;
  const auto path = directory / "out";
  config::sink_config sink;
  sink.kind = "file";
  sink.settings = {{"path", path}, {"rotate_bytes", "20KiB"}};
  sink.projection.set_kind(v1::CRM);
  connectors_test::log_of_events log;
  std::vector<ports::delivery> events;
  for (std::size_t i = 0; i < 2'000; ++i)
    events.push_back(log.add("T" + std::to_string(i % 11), static_cast<std::uint16_t>(i % 3)));
  const auto kills =
      deliver_with_kills([&] { return *connectors::make_target(sink); }, events, {.batch = 7},
                         [&](std::size_t acknowledged) {
                           EXPECT_TRUE((*connectors::make_target(sink))->open()); // mends what the kill left
                           const auto found = lines_in(path);
                           EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size()) << "written twice";
                           EXPECT_GE(found.size(), acknowledged) << "lost";
                         });
  EXPECT_GE(kills, 2) << "a child that runs far ahead of its kill leaves room for few";
  EXPECT_TRUE(connectors_test::all_delivered((*connectors::make_target(sink))->deliver(events, connectors_test::now)));
  EXPECT_EQ(lines_in(path).size(), events.size());
}

} // namespace
} // namespace cxstream::servers
