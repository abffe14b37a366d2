// Against a stand-in that checks signatures as S3's documentation describes it.
#include "connectors/factory.hpp"
#include "support/vendors/s3_bucket.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using connectors_test::all_delivered;
using connectors_test::now;
using ports::delivery_result;

class S3Sink : public testing::Test {
protected:
  config::sink_config sink() {
    config::sink_config out;
    out.name = "lake";
    out.kind = "s3";
    out.settings = {{"endpoint", s3_.url()},    {"bucket", "events"},   {"prefix", "cx stream/v1"},
                    {"region", "eu-central-1"}, {"access_key", "AKID"}, {"secret_key", "s3cret"},
                    {"allow_private", "true"},  {"timeout", "5s"},      {"staging", directory_ / "staging"},
                    {"compression", "none"}};
    return out;
  }
  std::unique_ptr<ports::target> open(const config::sink_config& sink) {
    auto made = make_target(sink);
    EXPECT_TRUE(made) << (made ? "" : made.err().message);
    EXPECT_TRUE((*made)->open());
    return std::move(*made);
  }
  support::s3_bucket s3_;
  connectors_test::scratch_directory directory_;
  connectors_test::log_of_events log_;
};

TEST_F(S3Sink, PutsSignedObjectsAndTheirManifests) {
  auto target = open(sink());
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T1"), log_.add("T2")}, now)));
  target->close();
  const auto objects = s3_.objects();
  ASSERT_EQ(objects.size(), 2U) << s3_.server().requests().back().body;
  const auto& data = objects.at("/events/cx%20stream/v1/data/events-000001.ndjson");
  EXPECT_EQ(std::count(data.begin(), data.end(), '\n'), 2);
  EXPECT_THAT(objects.at("/events/cx%20stream/v1/manifest/events-000001.json"), testing::HasSubstr("\"rows\":2"));
}

TEST_F(S3Sink, PublishesLaterWhatCouldNotBePublished) {
  auto wrong = sink();
  wrong.settings["secret_key"] = "another";
  {
    auto target = open(wrong);
    EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T1")}, now))) << "it is durable here";
    target->close();
  }
  EXPECT_TRUE(s3_.objects().empty());
  s3_.server().next({.status = 503, .headers = {}, .body = "<Error><Code>SlowDown</Code></Error>"});
  auto target = open(sink());
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T2")}, now)));
  EXPECT_TRUE(s3_.objects().empty()) << "S3 was busy";
  EXPECT_TRUE(all_delivered(target->deliver(std::vector{log_.add("T3")}, now + std::chrono::minutes(1))));
  EXPECT_EQ(s3_.objects().size(), 2U);
  target->close();
  EXPECT_EQ(s3_.objects().size(), 4U);
}

} // namespace
} // namespace cxstream::connectors
