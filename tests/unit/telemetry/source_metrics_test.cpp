#include "telemetry/source_metrics.hpp"

#include <gmock/gmock.h>

namespace cxstream::telemetry {
namespace {

using testing::HasSubstr;

v1::SourceStatus status_of(const source_metrics& metrics, const std::string& name) {
  v1::SourceStatus status;
  status.set_name(name);
  metrics.fill(status);
  return status;
}

TEST(SourceMetrics, ASourceThatNeverSentAnythingIsSeenToBeSilent) {
  const source_metrics metrics({"desk"});
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_requests_total{outcome=\"taken\",source=\"desk\"} 0"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_last_event_timestamp_seconds{source=\"desk\"} 0"));
  EXPECT_FALSE(status_of(metrics, "desk").has_last_event_at());
}

TEST(SourceMetrics, CountsEachSourceByItself) {
  source_metrics metrics({"desk", "chat"});
  const auto noon = base::from_us(1'700'000'000'500'000);
  metrics.request("desk", {ports::request_outcome::taken, 100, 2, 1, 3}, noon);
  metrics.request("desk", {ports::request_outcome::throttled, 50, 0, 0, 0}, noon);
  metrics.request("chat", {ports::request_outcome::unverified, 7, 0, 0, 0}, noon);
  metrics.request("nobody", {ports::request_outcome::taken, 1, 1, 1, 1}, noon);
  metrics.refused("desk", "BAD_MAPPING", 2);
  metrics.refused("desk", "BAD_MAPPING", 1);
  metrics.refused("desk", "BAD_FORMAT", 1);
  const auto desk = status_of(metrics, "desk");
  EXPECT_EQ(desk.requests(), 2u);
  EXPECT_EQ(desk.bytes(), 150u);
  EXPECT_EQ(desk.accepted(), 2u);
  EXPECT_EQ(desk.duplicates(), 1u);
  EXPECT_EQ(desk.dropped(), 3u);
  EXPECT_EQ(desk.throttled(), 1u);
  EXPECT_EQ(desk.refused().at("BAD_MAPPING"), 3u);
  EXPECT_EQ(desk.refused().at("BAD_FORMAT"), 1u);
  EXPECT_EQ(desk.last_event_at().seconds(), 1'700'000'000);
  EXPECT_EQ(desk.last_event_at().nanos(), 500'000'000);
  const auto chat = status_of(metrics, "chat");
  EXPECT_EQ(chat.requests(), 1u);
  EXPECT_FALSE(chat.has_last_event_at());
  EXPECT_THAT(metrics.text(),
              HasSubstr("cxstream_source_refused_records_total{reason=\"BAD_MAPPING\",source=\"desk\"} 3"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("nobody")));
}

} // namespace
} // namespace cxstream::telemetry
