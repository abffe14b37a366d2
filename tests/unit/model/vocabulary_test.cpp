#include "model/vocabulary.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cxstream::model {
namespace {

struct spelling {
  vocabulary words;
  const char* written;
  const char* canonical;
};

TEST(Vocabulary, KnowsTheWordsOfHelpdesksAndEnrichers) {
  using enum vocabulary;
  const spelling spellings[] = {
      {sentiment, "pos", "positive"},
      {sentiment, "Satisfied", "positive"},
      {sentiment, "ANGRY", "negative"},
      {sentiment, "Very-Negative", "very_negative"},
      {sentiment, "  very   positive ", "very_positive"},
      {sentiment, "1", "very_negative"},
      {sentiment, "5/5", "very_positive"},
      {sentiment, "Mixed", "mixed"},
      {churn_risk, "At risk", "high"},
      {churn_risk, "Very High", "very_high"},
      {churn_risk, "CRITICAL", "very_high"},
      {churn_risk, "med", "medium"},
      {effort, "very easy", "low"},
      {effort, "Difficult", "high"},
      {status, "Active", "open"},
      {status, "New", "new"},
      {status, "Awaiting User Info", "pending"},
      {status, "Awaiting Vendor", "pending"},
      {status, "Awaiting Problem", "pending"},
      {status, "Awaiting Evidence", "pending"},
      {status, "Pending Customer Response", "pending"},
      {status, "Resolved", "solved"},
      {status, "SOLVED", "solved"},
      {status, "Closed", "closed"},
      {status, "on-hold", "on_hold"},
      {status, "HOLD", "on_hold"},
      {status, "In Progress", "open"},
      {status, "snoozed", "pending"},
      {status, "Waiting on contact", "pending"},
      {status, "To Do", "new"},
      {status, "Done", "solved"},
      {priority, "1 - Critical", "urgent"},
      {priority, "2 - High", "high"},
      {priority, "3 - Moderate", "normal"},
      {priority, "4 - Low", "low"},
      {priority, "5 - Planning", "low"},
      {priority, "Medium", "normal"},
      {priority, "not_priority", "low"},
      {priority, "Blocker", "urgent"},
      {channel, "E-Mail", "email"},
      {channel, "Phone", "phone"},
      {channel, "Social media", "social"},
      {channel, "live_chat", "chat"},
  };
  for (const auto& s : spellings)
    EXPECT_EQ(canonical_word(s.words, s.written), s.canonical) << s.written;
}

TEST(Vocabulary, LeavesUnknownWordsAlone) {
  EXPECT_TRUE(canonical_word(vocabulary::status, "Take in charge ticket").empty());
  EXPECT_TRUE(canonical_word(vocabulary::status, "-100").empty());
  EXPECT_TRUE(canonical_word(vocabulary::sentiment, "").empty());
  EXPECT_TRUE(canonical_word(vocabulary::priority, "2").empty()) << "vendors count in opposite directions";
  EXPECT_TRUE(canonical_word(vocabulary::channel, std::string(1'000'000, 'x')).empty());
}

TEST(Vocabulary, TakesEachCanonicalWordForItself) {
  using enum vocabulary;
  for (const auto words : {sentiment, churn_risk, effort, status, priority, channel}) {
    std::string listed(canonical_words(words));
    int count = 0;
    for (std::size_t at = 0; at < listed.size(); ++count) {
      const auto end = std::min(listed.find(", ", at), listed.size());
      const auto word = listed.substr(at, end - at);
      EXPECT_TRUE(is_canonical_word(words, word)) << word;
      EXPECT_EQ(canonical_word(words, word), word);
      at = end + 2;
    }
    EXPECT_GE(count, 4);
  }
  EXPECT_FALSE(is_canonical_word(vocabulary::status, "On_Hold"));
}

} // namespace
} // namespace cxstream::model
