// The nats connector over TLS: it believes only the server it was told to, and says who it is.
#include "conformance/handover.hpp"
#include "conformance/nats/nats_server.hpp"
#include "connectors/factory.hpp"
#include "support/certificates.hpp"
#include "support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::conformance {
namespace {

class NatsTls : public testing::Test {
protected:
  void SetUp() override {
    if (!nats_server::is_installed())
      GTEST_SKIP() << "nats-server is not installed";
    server_.emplace(
        nats_server::tls_setup{authority_.certificate(), authority_.issue("server"), authority_.issue("admin")});
    const auto identity = authority_.issue("cxstream");
    sink_.name = "bus";
    sink_.kind = "nats";
    sink_.settings = {{"servers", server_->url()},
                      {"user", nats_server::user},
                      {"password", nats_server::password},
                      {"ca_file", authority_.certificate()},
                      {"certificate_file", identity.certificate},
                      {"key_file", identity.key},
                      {"connect_timeout", "2s"},
                      {"timeout", "2s"}};
  }
  ports::delivery_outcome deliver_one() {
    const auto target = std::move(*connectors::make_target(sink_));
    return target->deliver(std::vector{log_.add("T1")}, connectors_test::now).at(0);
  }

  const support::scratch_dir dir_;
  const support::certificate_authority authority_{dir_.path(), "authority"};
  std::optional<nats_server> server_;
  config::sink_config sink_;
  log_of_events log_;
};

TEST_F(NatsTls, DeliversToAServerThatTheAuthorityVouchesFor) {
  const auto outcome = deliver_one();
  EXPECT_EQ(outcome.result, delivery_result::delivered) << outcome.reason;
  EXPECT_EQ(server_->stored().size(), 1U);
}

TEST_F(NatsTls, SaysNothingToAServerThatItsAuthorityDoesNotKnow) {
  const support::certificate_authority stranger(dir_.path(), "stranger");
  sink_.settings["ca_file"] = stranger.certificate();
  const auto outcome = deliver_one();
  EXPECT_EQ(outcome.result, delivery_result::unreachable);
  EXPECT_THAT(outcome.reason, testing::HasSubstr("SSL"));
  EXPECT_TRUE(server_->stored().empty());
}

TEST_F(NatsTls, IsUnreachableForAServerThatWantsToKnowWhoCalls) {
  sink_.settings.erase("certificate_file");
  sink_.settings.erase("key_file");
  const auto outcome = deliver_one();
  EXPECT_EQ(outcome.result, delivery_result::unreachable) << outcome.reason;
  EXPECT_TRUE(server_->stored().empty());
}

} // namespace
} // namespace cxstream::conformance
