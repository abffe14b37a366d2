#include "security/feedback/feedback_token.hpp"

#include "security/crypto/encoding.hpp"
#include "security/feedback/feedback_links.hpp"
#include "support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::security {
namespace {

using namespace std::chrono_literals;
using base::error_code;
using testing::HasSubstr;
using testing::Not;

const base::timestamp now = base::from_us(1'767'355'200'000'000);
const ports::told_delivery told{"churn-alerts", "INC|1/ü", base::ticket_sequence{4},
                                base::from_us(1'767'000'000'123'456)};
constexpr const char* key = "a key of sixteen bytes and more";
constexpr const char* first_word = "a-key-of-sixteen-bytes-and-more";

TEST(FeedbackToken, NamesOneDeliveryUntilItExpires) {
  const auto tokens = *feedback_tokens::of(first_word);
  const auto token = tokens.make(told, now + 1h);
  EXPECT_EQ(token, tokens.make(told, now + 1h)) << "the same each time";
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."), token.npos);
  EXPECT_EQ(*tokens.read(token, now), told);
  EXPECT_EQ(*tokens.read(token, now + 59min), told);
  EXPECT_EQ(tokens.read(token, now + 1h).err().code, error_code::failed_precondition);
}

TEST(FeedbackToken, IsRefusedWhenAnyOfItIsAnother) {
  const auto tokens = *feedback_tokens::of(first_word);
  const auto token = tokens.make(told, now + 1h);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(tokens.read(other, now).err().code, error_code::unauthenticated) << i;
  }
  const auto dot = token.find('.');
  for (const auto& wrong :
       {std::string(), std::string("."), token.substr(0, dot), token.substr(0, dot + 1), token + "A", token.substr(dot),
        encode(text_encoding::base64url, "9999999999|1|1|a|b") + token.substr(dot)})
    EXPECT_EQ(tokens.read(wrong, now).err().code, error_code::unauthenticated) << wrong;
  EXPECT_EQ(feedback_tokens::of("another-key-of-sixteen-bytes")->read(token, now).err().code,
            error_code::unauthenticated);
}

TEST(FeedbackToken, IsReadWithAnOldKeyWhileItIsBeingChanged) {
  const auto token = feedback_tokens::of(first_word)->make(told, now + 1h);
  const auto both = *feedback_tokens::of(std::string("the-new-key-of-sixteen-bytes ") + first_word);
  EXPECT_EQ(*both.read(token, now), told);
  EXPECT_NE(both.make(told, now + 1h), token) << "the first key signs";
}

TEST(FeedbackToken, WantsKeysOfSomeLengthAndRepeatsNoneInItsMessage) {
  EXPECT_FALSE(feedback_tokens::of(""));
  EXPECT_FALSE(feedback_tokens::of(key)) << "words of a sentence are too short";
  EXPECT_THAT(feedback_tokens::of("hunter2").err().message, Not(HasSubstr("hunter2")));
}

TEST(FeedbackLinks, FollowAKeyThatIsChangedWhileTheyAreInUse) {
  const support::scratch_dir dir;
  ASSERT_TRUE(replace_file(dir.path("key"), first_word));
  feedback_links links({"https://cx.example", *secret::of("file:" + dir.path("key")), 24h});
  const auto link = *links.link(told, now);
  const std::string prefix = "https://cx.example/v1/feedback/";
  ASSERT_TRUE(link.starts_with(prefix));
  EXPECT_EQ(*links.read(link.substr(prefix.size()), now + 23h), told);
  ASSERT_TRUE(replace_file(dir.path("key"), "the-new-key-of-sixteen-bytes"));
  EXPECT_EQ(links.read(link.substr(prefix.size()), now).err().code, error_code::unauthenticated);
  std::remove(dir.path("key").c_str());
  EXPECT_FALSE(links.link(told, now));
  EXPECT_EQ(links.read(link.substr(prefix.size()), now).err().code, error_code::unavailable);
}

} // namespace
} // namespace cxstream::security
