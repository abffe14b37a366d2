// The postgres connector over TLS: it believes only the server it was told to.
#include "servers/harness/postgres_sink.hpp"
#include "support/certificates.hpp"
#include "support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace cxstream::servers {
namespace {

using testing::HasSubstr;

TEST(PostgresTls, ConnectsOnlyToAServerThatTheAuthorityVouchesFor) {
  if (!postgres_is_here())
    GTEST_SKIP() << "without PostgreSQL";
  const support::scratch_dir dir;
  const support::certificate_authority authority(dir.path(), "authority");
  const support::certificate_authority stranger(dir.path(), "stranger");
  const auto identity = authority.issue("server");
  postgres_server server;
  std::filesystem::copy_file(identity.certificate, server.folder() + "/data/server.crt");
  std::filesystem::copy_file(identity.key, server.folder() + "/data/server.key");
  ::chmod((server.folder() + "/data/server.key").c_str(), 0600);
  server.give(server.folder() + "/data/server.key");
  server.give(server.folder() + "/data/server.crt");
  server.rows("ALTER SYSTEM SET ssl = on");
  server.rows("SELECT pg_reload_conf()");

  auto sink = postgres_sink(server);
  sink.settings["sslmode"] = "verify-full";
  sink.settings["sslrootcert"] = authority.certificate();
  const auto target = make(sink);
  const auto opened = target->open();
  ASSERT_TRUE(opened) << opened.err().message;
  EXPECT_EQ(server.value("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                         " WHERE ssl AND application_name = 'cxstream'"),
            "1");

  sink.settings["sslrootcert"] = stranger.certificate();
  const auto refused = make(sink)->open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.err().code, base::error_code::unavailable);
  EXPECT_THAT(refused.err().message, HasSubstr("certificate"));
}

} // namespace
} // namespace cxstream::servers
