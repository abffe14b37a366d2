// Against a stand-in that checks signatures as S3's documentation describes it.
#include "connectors/factory.hpp"
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"
#include "support/http/http_stand_in.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <mutex>
#include <sstream>

namespace cxstream::connectors {
namespace {

using connectors_test::all_delivered;
using connectors_test::now;
using ports::delivery_result;
using support::got_request;
using support::said;

std::string hex(std::string_view bytes) {
  return security::encode(security::text_encoding::hex, bytes);
}
std::string hmac(std::string_view key, std::string_view text) {
  const std::array parts{text};
  return security::hmac_key(security::hash_algorithm::sha256, key).sign(parts);
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto begin = text.find(before);
  if (begin == std::string::npos)
    return {};
  const auto from = begin + before.size();
  const auto end = after.empty() ? text.size() : text.find(after, from);
  return text.substr(from, end - from);
}

// The bucket of a small S3: it takes objects whose signature and hash are right.
class small_s3 {
public:
  small_s3() : server_([this](const got_request& r) { return answer(r); }) {
  }
  std::string url() const {
    auto out = server_.url();
    out.pop_back();
    return out;
  }
  support::http_stand_in& server() {
    return server_;
  }
  std::map<std::string, std::string> objects() const {
    const std::lock_guard lock(mutex_);
    return objects_;
  }

private:
  support::scripted_reply answer(const got_request& r) {
    if (r.header("x-amz-content-sha256") != hex(security::sha256(r.body)))
      return said(400, "<Error><Code>XAmzContentSHA256Mismatch</Code></Error>");
    const auto authorization = r.header("authorization");
    const auto scope = between(authorization, "Credential=AKID/", ",");
    const auto names = between(authorization, "SignedHeaders=", ",");
    std::string canonical = r.method + "\n" + r.path + "\n" + r.query + "\n";
    std::istringstream list(names);
    for (std::string name; std::getline(list, name, ';');)
      canonical += name + ":" + r.header(name) + "\n";
    canonical += "\n" + names + "\n" + r.header("x-amz-content-sha256");
    const auto to_sign =
        "AWS4-HMAC-SHA256\n" + r.header("x-amz-date") + "\n" + scope + "\n" + hex(security::sha256(canonical));
    const auto key = hmac(hmac(hmac(hmac("AWS4s3cret", scope.substr(0, 8)), "eu-central-1"), "s3"), "aws4_request");
    if (between(authorization, "Signature=", "") != hex(hmac(key, to_sign)))
      return said(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
    const std::lock_guard lock(mutex_);
    objects_[r.path] = r.body;
    return said(200);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
  support::http_stand_in server_;
};

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
  small_s3 s3_;
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
