#include "telemetry/logging.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace cxstream::telemetry {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

class Logging : public ::testing::Test {
protected:
  // What was written, a JSON value a line.
  std::vector<json> lines() {
    std::fflush(file.get());
    std::rewind(file.get());
    std::string text;
    for (int c = std::fgetc(file.get()); c != EOF; c = std::fgetc(file.get()))
      text.push_back(static_cast<char>(c));
    std::vector<json> parsed;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
      parsed.push_back(json::parse(line));
    return parsed;
  }

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), &std::fclose};
  repeat_gate::time_point now{};
  json_log log{"node", ports::log_level::info, file.get(), [this] { return now; }};
};

TEST_F(Logging, WritesOneObjectALineWithFieldsOfTheirTypes) {
  const std::string address = "127.0.0.1:7400";
  log.info("node started", {{"grpc", address},
                            {"partitions", 64U},
                            {"offset", std::int64_t{-1}},
                            {"ready", true},
                            {"took_s", 0.25},
                            {"none", std::nan("")}});
  const auto written = lines();
  ASSERT_EQ(written.size(), 1U);
  const json& line = written.front();
  EXPECT_EQ(line.at("level"), "info");
  EXPECT_EQ(line.at("logger"), "node");
  EXPECT_EQ(line.at("msg"), "node started");
  EXPECT_EQ(line.at("grpc"), address);
  EXPECT_EQ(line.at("partitions"), 64);
  EXPECT_EQ(line.at("offset"), -1);
  EXPECT_EQ(line.at("ready"), true);
  EXPECT_EQ(line.at("took_s"), 0.25);
  EXPECT_TRUE(line.at("none").is_null());
  EXPECT_TRUE(
      std::regex_match(line.at("ts").get<std::string>(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
}

TEST_F(Logging, LeavesOutWhatIsBelowItsLevel) {
  log.debug("not this");
  log.warn("this");
  EXPECT_FALSE(log.enabled(ports::log_level::debug));
  EXPECT_TRUE(log.enabled(ports::log_level::error));
  const auto written = lines();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].at("level"), "warn");
}

TEST_F(Logging, KeepsItsOwnFieldsApartFromThoseOfTheCaller) {
  log.error("real", {{"msg", "forged"}, {"level", "debug"}});
  const auto written = lines();
  EXPECT_EQ(written[0].at("msg"), "real");
  EXPECT_EQ(written[0].at("msg_"), "forged");
  EXPECT_EQ(written[0].at("level"), "error");
}

TEST_F(Logging, StaysJsonWhateverBytesATextHolds) {
  std::string all_bytes;
  for (int c = 0; c < 256; ++c)
    all_bytes.push_back(static_cast<char>(c));
  log.info(all_bytes, {{all_bytes, all_bytes}});
  log.info("{} {0} %s %n\n{\"level\":\"error\"}\r\n");
  const auto written = lines();
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[1].at("msg"), "{} {0} %s %n\n{\"level\":\"error\"}\r\n");
}

TEST_F(Logging, BringsNaughtyStringsThroughUnchanged) {
  std::ifstream file_of_strings(CXSTREAM_SOURCE_DIR "/../shared/data/conformance/strings/blns.json");
  if (!file_of_strings)
    GTEST_SKIP() << "no conformance data here";
  const auto strings = json::parse(file_of_strings).get<std::vector<std::string>>();
  ASSERT_GT(strings.size(), 400U);
  for (const auto& text : strings)
    log.info(text, {{"field", text}});
  const auto written = lines();
  ASSERT_EQ(written.size(), strings.size());
  for (std::size_t i = 0; i < strings.size(); ++i) {
    EXPECT_EQ(written[i].at("msg"), strings[i]);
    EXPECT_EQ(written[i].at("field"), strings[i]);
  }
}

TEST_F(Logging, KeepsLinesOfThreadsApart) {
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([this, t] {
        for (int i = 0; i < 500; ++i)
          log.info("line", {{"thread", t}, {"text", std::string(200, 'x')}});
      });
  }
  EXPECT_EQ(lines().size(), 2'000U);
}

TEST_F(Logging, WritesOneOfManyLikeLinesAndSaysHowManyItLeftOut) {
  for (int i = 0; i < 10; ++i)
    log.warn_sparsely("disk", 10s, "the disk is full", {{"attempt", i}});
  log.warn_sparsely("target", 10s, "the target is down");
  now += 10s;
  log.warn_sparsely("disk", 10s, "the disk is full");
  const auto written = lines();
  ASSERT_EQ(written.size(), 3U);
  EXPECT_EQ(written[0].at("attempt"), 0);
  EXPECT_FALSE(written[0].contains("left_out"));
  EXPECT_EQ(written[1].at("msg"), "the target is down");
  EXPECT_EQ(written[2].at("left_out"), 9);
}

TEST(RepeatGate, ForgetsTheOldestKeyRatherThanGrowWithoutEnd) {
  repeat_gate gate(2);
  repeat_gate::time_point now{};
  EXPECT_TRUE(gate.admit("a", 10s, now));
  EXPECT_TRUE(gate.admit("b", 10s, now + 1s));
  EXPECT_TRUE(gate.admit("c", 10s, now + 2s));
  EXPECT_FALSE(gate.admit("b", 10s, now + 3s));
  EXPECT_TRUE(gate.admit("a", 10s, now + 3s));
}

TEST(LogLevel, IsReadFromTheConfigurationsWords) {
  EXPECT_EQ(*parse_log_level("warn"), ports::log_level::warn);
  const auto wrong = parse_log_level("loud");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.err().message.find("use debug, info, warn, error or off"), std::string::npos);
}

} // namespace
} // namespace cxstream::telemetry
