#include "model/content_hash.hpp"

#include "unit/model/sample_event.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cxstream::model {
namespace {

// Stored data and the place of every ticket depend on these values: they never change.
TEST(PartitionOf, StaysTheSameForEver) {
  EXPECT_EQ(partition_of("INC0000045", 64).value, 31);
  EXPECT_EQ(partition_of("INC0000135", 64).value, 46);
  EXPECT_EQ(partition_of("Case 1", 64).value, 53);
  EXPECT_EQ(partition_of("", 64).value, 2);
  EXPECT_EQ(partition_of("\xF0\x9F\x8E\xAB-42", 64).value, 60);
  EXPECT_EQ(partition_of("INC0000045", 7).value, 1);
  EXPECT_EQ(partition_of("INC0000045", 65'535).value, 19361);
}

TEST(PartitionOf, SpreadsTicketsEvenly) {
  std::vector<int> tickets(64);
  for (int i = 0; i < 64'000; ++i)
    ++tickets.at(partition_of("INC" + std::to_string(i), 64).value);
  for (const int count : tickets)
    EXPECT_NEAR(count, 1'000, 200);
}

TEST(KeyHash, StaysTheSameForEver) {
  EXPECT_EQ(base::to_hex(key_hash("id:evt-1")), "72a5bc828b9ab3e0f28aae9a903ec398");
}

TEST(ContentHash, StaysTheSameForEver) {
  EXPECT_EQ(content_hash(sample_event()), 4652533416325289728u);
}

TEST(ContentHash, DoesNotSeeTheOrderOfMapEntriesOrFieldsOnTheWire) {
  const auto whole = sample_event();
  auto head = whole;
  head.clear_custom_metrics();
  for (const auto& order : {std::vector<std::string>{"handle_time_s", "messages", "reopens"},
                            {"reopens", "messages", "handle_time_s"},
                            {"messages", "reopens", "handle_time_s"}}) {
    std::string bytes;
    for (const auto& name : order) {
      v1::CanonicalEvent one;
      (*one.mutable_custom_metrics())[name] = whole.custom_metrics().at(name);
      bytes += one.SerializeAsString();
    }
    bytes += head.SerializeAsString(); // metrics before everything else: no serializer writes it so
    v1::CanonicalEvent parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes));
    EXPECT_EQ(content_hash(parsed), content_hash(whole));
  }
}

TEST(ContentHash, DoesNotSeeThePipeline) {
  auto e = sample_event();
  e.mutable_pipeline()->set_ticket_sequence(9);
  EXPECT_EQ(content_hash(e), content_hash(sample_event()));
}

TEST(ContentHash, SeesEveryOtherChange) {
  std::set<std::uint64_t> hashes = {content_hash(sample_event())};
  const auto changed = [&](auto change) {
    auto e = sample_event();
    change(e);
    EXPECT_TRUE(hashes.insert(content_hash(e)).second);
  };
  changed([](auto& e) { e.set_status("closed"); });
  changed([](auto& e) { e.clear_status(); });
  changed([](auto& e) { e.set_status(""); });
  changed([](auto& e) { e.set_version(4); });
  changed([](auto& e) { e.mutable_custom_metrics()->at("messages") = 6; });
  changed([](auto& e) { e.mutable_sentiment()->clear_score(); });
  changed([](auto& e) { e.mutable_raw_tags()->SwapElements(0, 1); });
  changed([](auto& e) { e.mutable_cleared()->add_paths("driver"); });
  changed([](auto& e) { e.set_ticket_id(std::string(60'000, 'x')); });
}

} // namespace
} // namespace cxstream::model
