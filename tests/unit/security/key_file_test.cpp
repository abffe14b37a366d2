#include "security/api_keys/key_file.hpp"

#include "key_maker.hpp"
#include "support/scratch_dir.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <thread>

namespace cxstream::security {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

fs::perms mode_of(const std::string& path) {
  return fs::status(path).permissions();
}

TEST(KeyText, IsReadBackAsItWas) {
  auto revoked = key_of('r', {"ingest:zendesk", "subscribe:*"}, base::from_us(1'800'000'000'123'456)).key;
  revoked.revoked = some_day;
  const std::vector<api_key> keys = {key_of('a', {"admin"}).key, revoked};
  const auto read = parse_keys(to_text(keys));
  ASSERT_TRUE(read) << read.err().message;
  EXPECT_EQ(*read, keys);
  EXPECT_EQ(parse_keys(to_text(std::vector<api_key>()))->size(), 0u);
}

TEST(KeyText, IsRefusedWholeWhenAnyOfItIsWrong) {
  const auto good = to_text(std::vector<api_key>{key_of('a', {"read"}).key});
  const auto changed = [&](const std::string& from, const std::string& to) {
    auto text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const auto problem = [](const std::string& text) {
    const auto read = parse_keys(text);
    return read ? "read" : read.err().message;
  };
  EXPECT_THAT(problem(""), HasSubstr("no JSON"));
  EXPECT_THAT(problem(good.substr(0, good.size() / 2)), HasSubstr("no JSON"));
  EXPECT_THAT(problem("[]"), HasSubstr("\"version\""));
  EXPECT_THAT(problem(changed("\"version\": 1", "\"version\": 2")), HasSubstr("version 2"));
  EXPECT_EQ(parse_keys(changed("\"version\": 1", "\"version\": 2")).err().code, base::error_code::unsupported_format);
  EXPECT_THAT(problem(changed("\"id\": \"6", "\"id\": \"G")), HasSubstr("key 1: \"id\""));
  EXPECT_THAT(problem(changed("\"read\"", "\"raed\"")), HasSubstr("raed"));
  EXPECT_THAT(problem(changed("\"read\"", "7")), HasSubstr("no scope"));
  EXPECT_THAT(problem(changed("\"read\"", "")), HasSubstr("\"scopes\""));
  EXPECT_THAT(problem(changed("\"sha256\": \"", "\"sha256\": \"0")), HasSubstr("\"sha256\""));
  EXPECT_THAT(problem(changed("2026-01-01T", "2026-13-01T")), HasSubstr("\"created\""));
  EXPECT_THAT(problem(changed("\"expires\": null", "\"expires\": 5")), HasSubstr("\"expires\""));
  EXPECT_THAT(problem(changed("\"revoked\"", "\"revokd\"")), HasSubstr("no field \"revokd\""));
  const auto entry = good.substr(good.find("[\n"), good.rfind(']') - good.find("[\n"));
  EXPECT_THAT(problem(changed(entry, entry + "," + entry.substr(1))), HasSubstr("there twice"));
}

TEST(KeyFile, KeepsAHashAndNeverTheSecretForItsOwnerAlone) {
  const support::scratch_dir dir;
  const auto path = dir.path("deep/keys.json");
  const auto made = create_key(path, "desk", {scope_of("read")}, {}, some_day);
  ASSERT_TRUE(made) << made.err().message;
  const auto again = create_key(path, "desk", {scope_of("read")}, {}, some_day);
  ASSERT_TRUE(again);
  EXPECT_NE(again->text, made->text);
  EXPECT_EQ(mode_of(path), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(file_text(path), Not(HasSubstr(made->text.substr(17))));
  const auto loaded = load_keys(path);
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(loaded->keys, (std::vector<api_key>{made->key, again->key}));
  EXPECT_EQ(loaded->stamp, *stamp_of(path));
}

TEST(KeyFile, RevokesAKeyOnceAndKeepsTheOthers) {
  const support::scratch_dir dir;
  const auto path = dir.path("keys.json");
  const auto kept = create_key(path, "kept", {scope_of("read")}, {}, some_day);
  const auto ended = create_key(path, "ended", {scope_of("read")}, {}, some_day);
  ASSERT_TRUE(kept && ended);
  const auto later = some_day + std::chrono::hours(1);
  ASSERT_TRUE(revoke_key(path, ended->key.id, some_day));
  EXPECT_EQ(revoke_key(path, ended->key.id, later)->revoked, some_day);
  const auto loaded = load_keys(path);
  EXPECT_FALSE(loaded->keys[0].revoked);
  EXPECT_EQ(loaded->keys[1].revoked, some_day);
  const auto unknown = revoke_key(path, "000000000000", later);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.err().code, base::error_code::not_found);
}

TEST(KeyFile, IsLeftAloneWhenAChangeFailsOrItIsBroken) {
  const support::scratch_dir dir;
  const auto path = dir.path("keys.json");
  put_file(path, "{ broken");
  const auto refused = create_key(path, "desk", {scope_of("read")}, {}, some_day);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.err().message, HasSubstr(path));
  EXPECT_EQ(file_text(path), "{ broken");
  put_file(path, to_text(std::vector<api_key>{key_of('a', {"read"}).key}));
  const auto before = *stamp_of(path);
  EXPECT_FALSE(revoke_key(path, "000000000000", some_day));
  EXPECT_EQ(*stamp_of(path), before);
}

TEST(KeyFile, IsNotTrustedWhenEverybodyMayWriteIt) {
  const support::scratch_dir dir;
  const auto path = dir.path("keys.json");
  put_file(path, to_text(std::vector<api_key>{key_of('a', {"admin"}).key}));
  fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
  const auto refused = load_keys(path);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.err().message, HasSubstr("chmod 600"));
  EXPECT_EQ(load_keys(dir.path("none.json")).err().code, base::error_code::not_found);
  EXPECT_EQ(load_keys(dir.path()).err().code, base::error_code::corrupt);
}

TEST(KeyFile, ForgetsNoChangeOfManyAtOnce) {
  const support::scratch_dir dir;
  const auto path = dir.path("keys.json");
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer)
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(create_key(path, "writer " + std::to_string(writer), {scope_of("read")}, {}, some_day));
    });
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(load_keys(path)->keys.size(), 20u);
}

TEST(KeyFile, OutlivesAProgramThatDiedWhileWriting) {
  const support::scratch_dir dir;
  const auto path = dir.path("keys.json");
  ASSERT_TRUE(create_key(path, "first", {scope_of("read")}, {}, some_day));
  put_file(path + ".new", "half a fi");
  EXPECT_EQ(load_keys(path)->keys.size(), 1u);
  ASSERT_TRUE(create_key(path, "second", {scope_of("read")}, {}, some_day));
  EXPECT_EQ(load_keys(path)->keys.size(), 2u);
  EXPECT_FALSE(fs::exists(path + ".new"));
}

} // namespace
} // namespace cxstream::security
