#include "config/exposure.hpp"

#include <gtest/gtest.h>

namespace cxstream::config {
namespace {

TEST(Exposure, KnowsWhatStaysOnThisMachine) {
  for (const char* here : {"127.0.0.1:7400", "127.9.9.9:1", "[::1]:7400", "localhost:0"})
    EXPECT_TRUE(is_loopback(here)) << here;
  for (const char* beyond : {"0.0.0.0:7400", "[::]:7400", "10.0.0.1:7400", "node-1:7400", "128.127.0.0:1"})
    EXPECT_FALSE(is_loopback(beyond)) << beyond;
}

TEST(Exposure, WantsBothLocksOnADoorThatOthersCanReach) {
  node_config config;
  EXPECT_EQ(unlocked_door(config), "");
  config.grpc_listen = "0.0.0.0:7400";
  EXPECT_NE(unlocked_door(config).find("neither tls nor keys_file"), std::string::npos);
  config.tls = {"node.pem", "node.key", ""};
  EXPECT_NE(unlocked_door(config).find("no keys_file"), std::string::npos);
  config.keys_file = "keys.json";
  EXPECT_EQ(unlocked_door(config), "");
  config.tls = {};
  EXPECT_NE(unlocked_door(config).find("no tls"), std::string::npos);
}

TEST(Exposure, LooksAtTheDoorOfTheSourcesButNotAtTheMetrics) {
  node_config config;
  config.http_listen = "0.0.0.0:7401";
  EXPECT_EQ(unlocked_door(config), "");
  config.intake_http.listen = "[::]:7403";
  EXPECT_NE(unlocked_door(config).find("intake_http.listen [::]:7403"), std::string::npos);
  config.intake_http.listen = "";
  EXPECT_EQ(unlocked_door(config), "");
}

} // namespace
} // namespace cxstream::config
