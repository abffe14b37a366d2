#include "telemetry/prometheus_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace cxstream::telemetry {
namespace {

// Samples of the text by name and labels; complains about lines that are neither sample, comment nor blank.
std::map<std::string, double> samples_of(const std::string& text) {
  std::map<std::string, double> samples;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#')
      continue;
    const auto blank = line.rfind(' ');
    EXPECT_NE(blank, std::string::npos) << line;
    EXPECT_TRUE(samples.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second) << "twice: " << line;
  }
  return samples;
}

void use_everything(ports::metrics& metrics) {
  using namespace std::chrono_literals;
  metrics.received("servicenow", 10);
  metrics.received("a \"quoted\\ source\n", 1);
  metrics.received("\xff\xfe", 2);
  metrics.accepted(7);
  metrics.late(1);
  metrics.duplicates(2);
  metrics.conflicts(1);
  metrics.rejected("INVALID_URL", 3);
  metrics.group_commit(100, 51'200, 3ms);
  metrics.live_tickets(5);
  metrics.live_tickets(-2);
  metrics.live_actors(12);
  metrics.streams(1);
  metrics.delivered("crm", 6);
  metrics.filtered("crm", 1);
  metrics.retried("crm", 4);
  metrics.dead("crm", 1);
  metrics.waiting("crm", 3);
  metrics.waiting("crm", -1);
  metrics.lag("crm", 9, 1500ms);
  metrics.breaker("crm", ports::breaker_state::open);
  const auto received = base::from_us(1'700'000'000'000'000);
  metrics.latency("crm", received - 10s, received, received + 20ms);
}

TEST(PrometheusMetrics, ShowsEverythingThatWasCounted) {
  prometheus_metrics metrics("1.2.3");
  use_everything(metrics);
  const auto text = metrics.text();
  const auto samples = samples_of(text);
  const std::map<std::string, double> expected{
      {"cxstream_ingest_events_received_total{source=\"servicenow\"}", 10},
      {"cxstream_ingest_events_received_total{source=\"other\"}", 2},
      {"cxstream_ingest_events_accepted_total", 7},
      {"cxstream_ingest_events_late_total", 1},
      {"cxstream_ingest_events_duplicate_total", 2},
      {"cxstream_ingest_events_conflict_total", 1},
      {"cxstream_ingest_events_rejected_total{reason=\"INVALID_URL\"}", 3},
      {"cxstream_log_committed_events_total", 100},
      {"cxstream_log_committed_bytes_total", 51'200},
      {"cxstream_log_group_commit_events_count", 1},
      {"cxstream_log_sync_seconds_count", 1},
      {"cxstream_live_tickets", 3},
      {"cxstream_live_actors", 12},
      {"cxstream_ingest_streams", 1},
      {"cxstream_sink_delivered_events_total{sink=\"crm\"}", 6},
      {"cxstream_sink_filtered_events_total{sink=\"crm\"}", 1},
      {"cxstream_sink_retried_events_total{sink=\"crm\"}", 4},
      {"cxstream_sink_dead_events_total{sink=\"crm\"}", 1},
      {"cxstream_sink_waiting_events{sink=\"crm\"}", 2},
      {"cxstream_sink_lag_events{sink=\"crm\"}", 9},
      {"cxstream_sink_lag_seconds{sink=\"crm\"}", 1.5},
      {"cxstream_sink_breaker_state{sink=\"crm\"}", 1},
      {"cxstream_delivery_received_to_delivered_seconds_count{sink=\"crm\"}", 1},
      {"cxstream_delivery_received_to_delivered_seconds_sum{sink=\"crm\"}", 0.02},
      {"cxstream_delivery_occurred_to_delivered_seconds_sum{sink=\"crm\"}", 10.02},
  };
  for (const auto& [name, value] : expected) {
    const auto found = samples.find(name);
    ASSERT_NE(found, samples.end()) << name << "\n" << text;
    EXPECT_DOUBLE_EQ(found->second, value) << name;
  }
  EXPECT_THAT(text, ::testing::HasSubstr("cxstream_build_info{"));
  EXPECT_THAT(text, ::testing::HasSubstr("version=\"1.2.3\""));
}

TEST(PrometheusMetrics, ShowsTheProcessItself) {
  const auto samples = samples_of(prometheus_metrics("1").text());
  EXPECT_GT(samples.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(samples.at("process_virtual_memory_bytes"), 1e6);
  EXPECT_GE(samples.at("process_cpu_seconds_total"), 0);
  EXPECT_GE(samples.at("process_open_fds"), 3);
  EXPECT_GE(samples.at("process_max_fds"), samples.at("process_open_fds"));
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(samples.at("process_start_time_seconds"), now, 600);
}

TEST(PrometheusMetrics, ClientsCannotMakeEndlessSeries) {
  prometheus_metrics metrics("1");
  for (int i = 0; i < 5'000; ++i)
    metrics.received("source-" + std::to_string(i), 1);
  const auto samples = samples_of(metrics.text());
  std::size_t sources = 0;
  for (const auto& [name, value] : samples)
    sources += name.starts_with("cxstream_ingest_events_received_total") ? 1 : 0;
  EXPECT_EQ(sources, 101U);
  EXPECT_EQ(samples.at("cxstream_ingest_events_received_total{source=\"other\"}"), 4'900);
}

TEST(PrometheusMetrics, EstimatesTheLatencyOfASink) {
  prometheus_metrics metrics("1");
  EXPECT_EQ(metrics.received_to_delivered("crm", 0.5).count(), 0);
  const auto start = base::from_us(1'700'000'000'000'000);
  for (int i = 1; i <= 1'000; ++i)
    metrics.latency("crm", start, start, start + std::chrono::milliseconds(i));
  EXPECT_NEAR(metrics.received_to_delivered("crm", 0.5).count(), 0.5, 0.1);
  EXPECT_NEAR(metrics.received_to_delivered("crm", 0.99).count(), 0.99, 0.2);
  EXPECT_EQ(metrics.received_to_delivered("bi", 0.5).count(), 0);
}

TEST(PrometheusMetrics, PassesPromtoolsCheck) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "promtool is not installed";
  prometheus_metrics metrics("1");
  use_everything(metrics);
  const auto file = std::filesystem::temp_directory_path() / ("cxstream_metrics_" + std::to_string(::getpid()));
  std::ofstream(file) << metrics.text();
  EXPECT_EQ(std::system(("promtool check metrics < " + file.string()).c_str()), 0);
  std::filesystem::remove(file);
}

} // namespace
} // namespace cxstream::telemetry
