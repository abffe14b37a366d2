// A node with locks: TLS with certificates of both sides on gRPC and on the HTTP door.
#include "integration/harness/files.hpp"
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "support/certificates.hpp"

#include <gmock/gmock.h>

namespace cxstream::integration {
namespace {

using testing::HasSubstr;

constexpr const char* event =
    R"({"event_type":"ticket.updated","occurred_at":"2026-01-01T00:00:00Z","ticket_id":"T-1","source_system":"desk","event_id":"1"})";

class LockedNode : public testing::Test {
protected:
  void start(bool mutual) {
    const auto tls = "tls: {certificate: " + server.certificate + ", key: " + server.key +
                     (mutual ? ", client_ca: " + authority.certificate() : "") + "}";
    node = std::make_unique<node_process>(dir, node_setup{dir / "data", "[]", "", tls});
    node->start();
  }
  // `sink list` with these options besides --server.
  int asked(const std::vector<std::string>& options) const {
    std::vector<std::string> command = {"sink", "list"};
    command.insert(command.end(), options.begin(), options.end());
    return node->cli(command).exit_code;
  }

  scratch_dir dir;
  support::certificate_authority authority{dir.path(), "authority"};
  support::certificate_authority stranger{dir.path(), "stranger"};
  support::pem_files server = authority.issue("server");
  support::pem_files client = authority.issue("client");
  support::pem_files foreign = stranger.issue("foreign");
  std::unique_ptr<node_process> node;
};

TEST_F(LockedNode, SpeaksOnlyToThoseWhoTrustItAndAreTrustedOverGrpc) {
  start(true);
  EXPECT_NE(asked({}), 0);
  EXPECT_NE(asked({"--ca", authority.certificate()}), 0);
  EXPECT_NE(asked({"--ca", authority.certificate(), "--cert", foreign.certificate, "--cert-key", foreign.key}), 0);
  EXPECT_NE(asked({"--ca", stranger.certificate(), "--cert", client.certificate, "--cert-key", client.key}), 0);
  EXPECT_EQ(asked({"--ca", authority.certificate(), "--cert", client.certificate, "--cert-key", client.key}), 0);
  EXPECT_EQ(node->terminate(), 0);
}

TEST_F(LockedNode, TakesEventsOverHttpsAndARenewedCertificateWithoutARestart) {
  start(false);
  const auto posted = [&](const std::string& trusted) {
    http_poster http(node->intake_address(), http_trust{trusted});
    return http.post("/v1/events", event).status;
  };
  EXPECT_EQ(http_poster(node->intake_address()).post("/v1/events", event).status, 0); // no TLS, no answer
  EXPECT_EQ(posted(authority.certificate()), 200);
  EXPECT_EQ(posted(stranger.certificate()), 0);
  EXPECT_EQ(asked({"--ca", authority.certificate()}), 0);
  const auto renewed = stranger.issue("server"); // the same files, as a renewal writes them
  ASSERT_EQ(renewed.certificate, server.certificate);
  EXPECT_TRUE(eventually(30s, [&] { return posted(stranger.certificate()) == 200; }));
  EXPECT_TRUE(eventually(30s, [&] { return asked({"--ca", stranger.certificate()}) == 0; }));
  EXPECT_EQ(node->terminate(), 0);
}

TEST_F(LockedNode, DoesNotStartWithAKeyThatIsAnothers) {
  write_file(dir / "node.yaml", "storage: {data_dir: " + (dir / "data") +
                                    "}\ntls: {certificate: " + server.certificate + ", key: " + foreign.key + "}\n");
  const auto refused = run_command({cxstream_binary(), "serve", "--config", dir / "node.yaml", "--grpc", "127.0.0.1:0",
                                    "--http", "127.0.0.1:0", "--intake", "127.0.0.1:0"},
                                   60s);
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr(foreign.key));
}

} // namespace
} // namespace cxstream::integration
