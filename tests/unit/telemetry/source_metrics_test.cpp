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
  metrics.request("desk", ports::source_outcome::taken, 100);
  metrics.request("desk", ports::source_outcome::limited, 50);
  metrics.decided("desk", 2, 1, noon);
  metrics.dropped("desk", 3);
  metrics.request("chat", ports::source_outcome::unauthorized, 7);
  metrics.request("nobody", ports::source_outcome::unknown, 1);
  metrics.decided("nobody", 1, 1, noon);
  for (int i = 0; i < 3; ++i)
    metrics.refused("desk", v1::BAD_MAPPING);
  metrics.refused("desk", v1::BAD_FORMAT);
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
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_unknown_requests_total 1"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("nobody")));
}

TEST(SourceMetrics, CountsDriftByKind) {
  source_metrics metrics({"desk"});
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_drift_total{kind=\"volume_drop\",source=\"desk\"} 0"));
  metrics.drifted("desk", v1::DRIFT_NEW_FIELD);
  metrics.drifted("desk", v1::DRIFT_SCHEMA_VIOLATION);
  metrics.drifted("desk", v1::DRIFT_SCHEMA_VIOLATION);
  metrics.drifted("desk", v1::DRIFT_KIND_UNSPECIFIED);
  metrics.drifted("nobody", v1::DRIFT_NEW_FIELD);
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_drift_total{kind=\"new_field\",source=\"desk\"} 1"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_drift_total{kind=\"schema_violation\",source=\"desk\"} 2"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("nobody")));
}

TEST(SourceMetrics, TellsHowAPollerIsDoing) {
  source_metrics metrics({"desk"});
  EXPECT_EQ(status_of(metrics, "desk").poll_state(), v1::POLL_STATE_UNSPECIFIED);
  metrics.poll_state("desk", v1::POLL_FAILING, "no credentials");
  EXPECT_EQ(status_of(metrics, "desk").poll_error(), "no credentials");
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_poll_failing{source=\"desk\"} 1"));
  metrics.poll_state("desk", v1::POLL_FOLLOWING, "");
  metrics.poll_answered("desk", base::from_us(1'700'000'000'500'000));
  metrics.polled("desk", 10, 7, 2);
  metrics.polled("nobody", 1, 1, 1);
  const auto desk = status_of(metrics, "desk");
  EXPECT_EQ(desk.poll_state(), v1::POLL_FOLLOWING);
  EXPECT_EQ(desk.poll_error(), "");
  EXPECT_EQ(desk.polled(), 10u);
  EXPECT_EQ(desk.known(), 7u);
  EXPECT_EQ(desk.filled_in(), 2u);
  EXPECT_EQ(desk.last_poll_at().seconds(), 1'700'000'000);
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_filled_in_events_total{source=\"desk\"} 2"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_source_poll_failing{source=\"desk\"} 0"));
}

} // namespace
} // namespace cxstream::telemetry
