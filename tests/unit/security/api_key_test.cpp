#include "security/api_keys/api_key.hpp"

#include "key_maker.hpp"
#include "security/api_keys/key_set.hpp"
#include "security/crypto/digest.hpp"

#include <gmock/gmock.h>

namespace cxstream::security {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;
using outcome = key_verdict::outcome;

TEST(Scope, IsReadAndWrittenTheSame) {
  for (const auto* text : {"ingest:zendesk", "ingest:*", "subscribe:crm", "subscribe:*", "read", "operate", "admin"})
    EXPECT_EQ(to_text(scope_of(text)), text);
}

TEST(Scope, IsRefusedInAnyOtherForm) {
  for (const auto* text : {"", "ingest", "ingest:", "ingest:a*", "ingest:a b", "ingest:a,b", "ingest:a:b", "subscribe",
                           "read:x", "admin:*", "Read", "write", " read", "*"}) {
    const auto parsed = parse_scope(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.err().message, HasSubstr("ingest:SOURCE"));
  }
}

TEST(Scope, AllowsWhatItSaysAndNoMore) {
  const std::vector<std::string> needs = {"ingest:a", "ingest:b", "subscribe:a", "read", "operate", "admin"};
  const std::map<std::string, std::string> allowed = {
      {"ingest:a", "100000"}, {"ingest:*", "110000"}, {"subscribe:a", "001000"}, {"subscribe:*", "001000"},
      {"read", "000100"},     {"operate", "000110"},  {"admin", "111111"}};
  for (const auto& [held, row] : allowed)
    for (std::size_t i = 0; i < needs.size(); ++i)
      EXPECT_EQ(allows(scope_of(held), scope_of(needs[i])), row[i] == '1') << held << " for " << needs[i];
}

TEST(ApiKey, IsReadBackFromItsText) {
  const auto made = key_of('k', {"read"});
  EXPECT_THAT(made.text, testing::MatchesRegex("cxk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}"));
  const auto shown = parse_key(made.text);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->id, made.key.id);
  EXPECT_EQ(sha256(shown->secret), made.key.secret_sha256);
}

TEST(ApiKey, IsReadWhateverItsRandomBytesAre) {
  for (int seed = 0; seed < 256; ++seed) {
    const auto made = key_of(static_cast<char>(seed), {"read"});
    const auto shown = parse_key(made.text);
    ASSERT_TRUE(shown) << made.text;
    EXPECT_EQ(shown->secret, std::string(32, static_cast<char>(seed)));
  }
}

TEST(ApiKey, NeedsANameAScopeAndATimeToLive) {
  const std::string random(key_random_bytes, 'r');
  const auto make = [&](const std::string& name, std::vector<scope> scopes, std::optional<base::timestamp> expires) {
    const auto made = make_key(name, std::move(scopes), expires, random, some_day);
    return made ? "made" : made.err().message;
  };
  EXPECT_EQ(make("desk", {{}}, {}), "made");
  EXPECT_THAT(make("", {{}}, {}), HasSubstr("needs a name"));
  EXPECT_THAT(make("two\nlines", {{}}, {}), HasSubstr("needs a name"));
  EXPECT_THAT(make("desk", {}, {}), HasSubstr("at least one scope"));
  EXPECT_THAT(make("desk", {{}}, some_day), HasSubstr("expire at once"));
}

TEST(KeySet, AllowsAKeyItsScopesUntilItExpires) {
  const auto made = key_of('k', {"ingest:zendesk", "read"}, some_day + hours(1));
  const key_set keys({made.key});
  const auto good = keys.check(made.text, scope::ingest("zendesk"), some_day);
  EXPECT_EQ(good.what, outcome::allowed);
  EXPECT_EQ(good.key_id, made.key.id);
  EXPECT_EQ(good.key_name, "key 107");
  EXPECT_TRUE(keys.check(made.text, scope_of("read"), some_day));
  const auto lacking = keys.check(made.text, scope::ingest("intercom"), some_day);
  EXPECT_EQ(lacking.what, outcome::not_allowed);
  EXPECT_THAT(lacking.message, HasSubstr("lacks the scope ingest:intercom"));
  const auto late = keys.check(made.text, scope_of("read"), some_day + hours(1));
  EXPECT_EQ(late.what, outcome::expired);
  EXPECT_THAT(late.message, HasSubstr("2026-01-01T01:00:00Z"));
  EXPECT_EQ(keys.check("", scope_of("read"), some_day).what, outcome::no_key);
}

TEST(KeySet, RefusesAKeyThatWasRevokedOrIsUnknown) {
  auto made = key_of('k', {"admin"});
  const auto other = key_of('o', {"admin"});
  made.key.revoked = some_day;
  const key_set keys({made.key});
  EXPECT_EQ(keys.check(made.text, scope_of("read"), some_day).what, outcome::revoked);
  EXPECT_EQ(keys.check(other.text, scope_of("read"), some_day).what, outcome::wrong_key);
  const auto mixed = made.text.substr(0, 17) + other.text.substr(17);
  const auto verdict = keys.check(mixed, scope_of("read"), some_day);
  EXPECT_EQ(verdict.what, outcome::wrong_key) << "who lacks the secret is not told that the key was revoked";
  EXPECT_EQ(verdict.key_id, "");
  EXPECT_THAT(verdict.message, Not(HasSubstr(made.key.id)));
}

TEST(KeySet, RefusesEveryKeyWithOneBitOrLengthChanged) {
  const auto made = key_of('k', {"admin"});
  const key_set keys({made.key});
  ASSERT_TRUE(keys.check(made.text, scope_of("read"), some_day));
  for (std::size_t bit = 0; bit < made.text.size() * 8; ++bit) {
    auto wrong = made.text;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(keys.check(wrong, scope_of("read"), some_day)) << wrong;
  }
  for (std::size_t size = 0; size < made.text.size(); ++size)
    EXPECT_FALSE(keys.check(made.text.substr(0, size), scope_of("read"), some_day)) << size;
  for (const auto* more : {" ", "=", "A", "AAAA", "\n"})
    EXPECT_FALSE(keys.check(made.text + more, scope_of("read"), some_day)) << more;
}

} // namespace
} // namespace cxstream::security
