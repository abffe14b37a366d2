#include "telemetry/label_table.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace cxstream::telemetry {
namespace {

struct series {
  std::atomic<int> count = 0;
};

auto table_of(std::size_t labels_max) {
  return label_table<series>(labels_max, [](const std::string&) { return std::make_unique<series>(); });
}

std::set<std::string> labels_of(const label_table<series>& table) {
  std::set<std::string> labels;
  table.for_each([&](const std::string& label, const series&) { labels.insert(label); });
  return labels;
}

TEST(LabelTable, GivesTheSameSeriesForTheSameValue) {
  auto table = table_of(10);
  series& a = table.at("a");
  EXPECT_NE(&a, &table.at("b"));
  EXPECT_EQ(&a, &table.at("a"));
  EXPECT_EQ(table.find("a"), &a);
  EXPECT_EQ(table.find("c"), nullptr);
}

TEST(LabelTable, CountsWhatComesAfterTheBoundAsOther) {
  auto table = table_of(2);
  table.at("a");
  table.at("b");
  for (int i = 0; i < 1'000; ++i)
    ++table.at("source-" + std::to_string(i)).count;
  EXPECT_EQ(labels_of(table), (std::set<std::string>{"a", "b", "other"}));
  EXPECT_EQ(table.at("anything").count, 1'000);
}

TEST(LabelTable, MakesALabelOfWhateverAClientCallsItself) {
  auto table = table_of(10);
  EXPECT_EQ(&table.at(""), &table.at("unknown"));
  EXPECT_EQ(&table.at(std::string(200, 'x')), &table.at("\xff\xfe"));
  table.at("Zürich \"desk\"\n");
  EXPECT_EQ(labels_of(table), (std::set<std::string>{"unknown", "other", "Zürich \"desk\"\n"}));
}

TEST(LabelTable, LosesNothingWhenThreadsMeetTheSameNewValues) {
  auto table = table_of(50);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&table] {
        for (int i = 0; i < 20'000; ++i)
          ++table.at("label-" + std::to_string(i % 80)).count;
      });
  }
  int total = 0;
  table.for_each([&](const std::string&, const series& s) { total += s.count; });
  EXPECT_EQ(total, 80'000);
  EXPECT_EQ(labels_of(table).size(), 51U);
}

} // namespace
} // namespace cxstream::telemetry
