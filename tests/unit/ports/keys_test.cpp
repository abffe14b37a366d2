#include "ports/keys.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace cxstream::ports {
namespace {

using namespace std::string_literals;

constexpr base::partition_id p3{3};

// Texts that are unkind to keys: empty, with zeros, with what escapes and terminators are made of, one before the
// other.
std::vector<std::string> unkind_texts() {
  std::vector<std::string> out{"",       "a",      "ab",       "b",    "\0"s, "\0\0"s,  "\0\1"s,
                               "a\0"s,   "a\0\0"s, "a\0b"s,    "a\1"s, "\1"s, "\xff"s,  "\xff\xff"s,
                               "a\xff"s, "a\0\1"s, "a\0\xff"s, "\0a"s, "a/b", "sink/x", "-"};
  std::mt19937_64 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (auto n = random() % 6; n > 0; --n)
      text.push_back("\0\1\2a\xfe\xff"[random() % 6]);
    out.push_back(text);
  }
  if (std::ifstream file(CXSTREAM_SOURCE_DIR "/../shared/data/conformance/strings/blns.json"); file)
    for (const auto& naughty : nlohmann::json::parse(file))
      out.push_back(naughty.get<std::string>());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

TEST(Keys, SortAsTheirPartitionsAndOffsetsDo) {
  const std::vector<std::uint64_t> offsets{0, 1, 255, 256, 65'535, 1ull << 32u, 1ull << 63u, ~0ull};
  std::vector<std::string> sorted;
  for (const std::uint16_t p : {0, 1, 63, 255, 256, 65'535})
    for (const auto o : offsets)
      sorted.push_back(keys::at(base::partition_id{p}, base::log_offset{o}));
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
  EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
  for (const auto o : offsets)
    EXPECT_EQ(keys::offset_of(keys::at(p3, base::log_offset{o})).value, o);
}

TEST(Keys, KeepTheOrderOfAnyTextsAndNoTextIsAPrefixOfAnother) {
  const auto texts = unkind_texts();
  for (std::size_t i = 0; i + 1 < texts.size(); ++i)
    ASSERT_LT(keys::ticket(p3, texts[i]), keys::ticket(p3, texts[i + 1])) << i;
  for (std::size_t i = 0; i < texts.size(); ++i)
    for (std::size_t j = 0; j < texts.size(); ++j)
      ASSERT_EQ(keys::ticket(p3, texts[i]).starts_with(keys::ticket(p3, texts[j])), i == j) << i << " " << j;
}

TEST(Keys, GiveBackTheTextsAndNumbersTheyWereMadeOf) {
  const auto sink = "crm"s;
  const auto prefix = keys::sink_partition(sink, p3).size();
  for (const auto& text : unkind_texts()) {
    EXPECT_EQ(keys::text_after(keys::ticket(p3, text), 2), text);
    EXPECT_EQ(keys::text_after(keys::account_ticket(p3, "acme", text), keys::account(p3, "acme").size()), text);
    for (const std::uint64_t offset : {0ull, 1ull, 256ull, ~0ull}) {
      const auto back = keys::parse_waiting(keys::waiting(sink, p3, text, base::log_offset{offset}), prefix);
      EXPECT_EQ(back.ticket_id, text);
      EXPECT_EQ(back.offset.value, offset);
    }
  }
}

TEST(Keys, RangesOfOneSinkTicketOrAccountHoldNobodyElses) {
  const auto texts = unkind_texts();
  for (const auto& mine : texts) {
    const auto prefix = keys::sink_ticket("crm", p3, mine);
    const auto end = keys::after_prefix(prefix);
    for (const auto& other : texts) {
      const auto key = keys::waiting("crm", p3, other, base::log_offset{~0ull});
      ASSERT_EQ(prefix <= key && (end.empty() || key < end), mine == other);
    }
  }
  for (const auto& name : {"crm", "cr", "crm2", "crm-0003", "crm-0003-0003"})
    for (const auto& other : {"crm", "cr", "crm2", "crm-0003", "crm-0003-0003"})
      if (name != std::string(other)) {
        EXPECT_FALSE(keys::sink_partition(name, p3).starts_with(keys::sink_partition(other, p3)));
        EXPECT_FALSE(
            keys::dead_delivery(name, p3, base::log_offset{3}).starts_with(keys::dead_delivery_prefix(other, p3)))
            << name << " " << other;
      }
}

TEST(Keys, RunsOfATicketSortByNumber) {
  EXPECT_LT(keys::ticket_run(p3, "T", 1), keys::ticket_run(p3, "T", 2));
  EXPECT_LT(keys::ticket_run(p3, "T", 255), keys::ticket_run(p3, "T", 256));
}

TEST(Keys, AfterPrefixIsTheFirstKeyBehindIt) {
  EXPECT_EQ(keys::after_prefix("ab"), "ac");
  EXPECT_EQ(keys::after_prefix("a\xff"), "b");
  EXPECT_EQ(keys::after_prefix("\xff\xff"), "");
  EXPECT_EQ(keys::after_prefix(""), "");
}

TEST(Keys, IdsOfDeadLettersSortByStageThenByAgeOrPlace) {
  EXPECT_LT(keys::dead_ingest(1'700'000'000'000'000, 9), keys::dead_ingest(1'700'000'000'000'001, 1));
  EXPECT_LT(keys::dead_ingest(1, 1), keys::dead_ingest(1, 2));
  EXPECT_LT(keys::dead_conflict(p3, base::log_offset{9}), keys::dead_conflict(p3, base::log_offset{16}));
  EXPECT_LT(keys::dead_delivery("crm", p3, base::log_offset{255}),
            keys::dead_delivery("crm", p3, base::log_offset{256}));
  EXPECT_LT(keys::dead_delivery("crm", p3, base::log_offset{9}), keys::dead_ingest(0, 0));
  EXPECT_LT(keys::dead_ingest(~0ll, 9), keys::dead_conflict(base::partition_id{0}, base::log_offset{0}));
}

} // namespace
} // namespace cxstream::ports
