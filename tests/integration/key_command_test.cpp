// `cxstream key`, as a person and a script use it.
#include "integration/harness/child_process.hpp"
#include "support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cxstream::integration {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class KeyCommand : public testing::Test {
protected:
  finished_command key(std::vector<std::string> words) {
    words.insert(words.begin(), {cxstream_binary(), "key"});
    words.insert(words.end(), {"--file", dir_.path("keys.json")});
    return run_command(words, 30s);
  }

  support::scratch_dir dir_;
};

TEST_F(KeyCommand, ShowsAKeyOnceAndListsAndRevokesIt) {
  const auto made =
      key({"create", "zendesk production", "--scope", "ingest:zendesk", "--scope", "read", "--expires", "90d"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, MatchesRegex("cxk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\n")) << "nothing else, for $(…)";
  const auto id = made.out.substr(4, 12);
  const auto listed = key({"list"});
  EXPECT_THAT(listed.out, HasSubstr(id));
  EXPECT_THAT(listed.out, HasSubstr("ingest:zendesk read"));
  EXPECT_THAT(listed.out, Not(HasSubstr(made.out.substr(17, 20))));
  EXPECT_EQ(key({"revoke", id}).exit_code, 0);
  EXPECT_THAT(key({"revoke", id}).out, HasSubstr("was revoked before"));
  EXPECT_THAT(key({"list"}).out, Not(HasSubstr(id)));
  EXPECT_THAT(key({"list", "--all"}).out, HasSubstr("revoked"));
}

TEST_F(KeyCommand, SpeaksJsonToScripts) {
  const auto made = nlohmann::json::parse(key({"create", "desk", "--scope", "admin", "--json"}).out);
  EXPECT_THAT(made["key"].get<std::string>(), HasSubstr(made["id"].get<std::string>()));
  const auto listed = nlohmann::json::parse(key({"list", "--json"}).out);
  EXPECT_EQ(listed["id"], made["id"]);
  EXPECT_EQ(listed["state"], "active");
  EXPECT_TRUE(listed["expires"].is_null());
  EXPECT_FALSE(listed.contains("key"));
  EXPECT_EQ(nlohmann::json::parse(key({"revoke", made["key"], "--json"}).out)["state"], "revoked");
}

TEST_F(KeyCommand, SaysWhatIsWrong) {
  const auto no_scope = key({"create", "desk", "--scope", "write"});
  EXPECT_EQ(no_scope.exit_code, 2);
  EXPECT_THAT(no_scope.err, HasSubstr("ingest:SOURCE"));
  EXPECT_EQ(key({"create", "desk"}).exit_code, 2);
  EXPECT_EQ(key({"create", "desk", "--scope", "read", "--expires", "soon"}).exit_code, 2);
  EXPECT_EQ(key({"create", "desk", "--scope", "read", "--expires", "2001-01-01T00:00:00Z"}).exit_code, 2);
  const auto no_file = key({"list"});
  EXPECT_EQ(no_file.exit_code, 1);
  EXPECT_THAT(no_file.err, HasSubstr("keys.json"));
  const auto no_key = key({"revoke", "000000000000"});
  EXPECT_EQ(no_key.exit_code, 1);
  EXPECT_THAT(no_key.err, HasSubstr("there is no key 000000000000"));
}

} // namespace
} // namespace cxstream::integration
