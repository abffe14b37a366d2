#include "transport/wire.hpp"

#include "cxstream/v1/subscribe.pb.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

namespace cxstream::transport {
namespace {

grpc::ByteBuffer in_slices(const std::string& text, std::size_t slice_bytes) {
  std::vector<grpc::Slice> slices;
  for (std::size_t at = 0; at < text.size() || at == 0; at += slice_bytes)
    slices.emplace_back(text.substr(at, slice_bytes));
  return {slices.data(), slices.size()};
}

TEST(Wire, ReadsABatchThatCameInManyPieces) {
  v1::RawPublishRequest batch;
  batch.set_batch_id(77);
  for (int i = 0; i < 100; ++i)
    batch.add_events(std::string(static_cast<std::size_t>(i), 'e'));
  auto bytes = in_slices(batch.SerializeAsString(), 7);
  const auto read = read_batch(bytes, {});
  ASSERT_TRUE(std::holds_alternative<v1::RawPublishRequest>(read));
  EXPECT_EQ(std::get<v1::RawPublishRequest>(read).SerializeAsString(), batch.SerializeAsString());
}

TEST(Wire, TakesNoBytesForABatchOfNothing) {
  grpc::ByteBuffer bytes = in_slices("", 1);
  EXPECT_TRUE(std::holds_alternative<v1::RawPublishRequest>(read_batch(bytes, {})));
}

TEST(Wire, JudgesTheNumberOfEventsBeforeItAllocatesThem) {
  v1::RawPublishRequest batch;
  for (int i = 0; i < 11; ++i)
    batch.add_events("");
  auto bytes = in_slices(batch.SerializeAsString(), 1'000);
  EXPECT_TRUE(std::holds_alternative<oversized_batch>(read_batch(bytes, {.bytes_max = 1'000, .events_max = 10})));
  EXPECT_TRUE(std::holds_alternative<v1::RawPublishRequest>(read_batch(bytes, {.bytes_max = 1'000, .events_max = 11})));
}

TEST(Wire, AgreesWithProtobufAboutWhatIsMalformed) {
  std::mt19937 random(20'260'101);
  std::size_t malformed = 0;
  std::size_t fine = 0;
  for (int round = 0; round < 20'000; ++round) {
    v1::RawPublishRequest batch;
    batch.set_batch_id(random());
    for (std::uint32_t i = random() % 4; i > 0; --i)
      batch.add_events(std::string(random() % 20, static_cast<char>(random())));
    std::string text = batch.SerializeAsString();
    for (std::uint32_t flips = random() % 3; flips > 0 && !text.empty(); --flips)
      text[random() % text.size()] = static_cast<char>(random());
    if (random() % 5 == 0)
      text.resize(random() % (text.size() + 1));
    auto bytes = in_slices(text, 1 + random() % 16);
    const auto read = read_batch(bytes, {});
    v1::RawPublishRequest expected;
    if (expected.ParseFromString(text)) {
      ++fine;
      ASSERT_TRUE(std::holds_alternative<v1::RawPublishRequest>(read)) << "round " << round;
      ASSERT_EQ(std::get<v1::RawPublishRequest>(read).SerializeAsString(), expected.SerializeAsString());
    } else {
      ++malformed;
      ASSERT_TRUE(std::holds_alternative<malformed_batch>(read)) << "round " << round;
    }
  }
  EXPECT_GT(malformed, 1'000U);
  EXPECT_GT(fine, 1'000U);
}

TEST(Wire, SurvivesTheHostileBytesOfTheConformanceFiles) {
  const std::filesystem::path folder = CXSTREAM_SOURCE_DIR "/../shared/data/conformance/protobuf";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << "no conformance data here";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file())
      continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    auto bytes = in_slices(text, 64);
    EXPECT_EQ(flat(bytes), text);
    (void)read_batch(bytes, {});
    ++files;
  }
  EXPECT_GT(files, 0U);
}

TEST(Wire, PacksEventsSoThatTheyReadAsOneResponse) {
  v1::CanonicalEvent event;
  event.set_ticket_id("T-1");
  const auto messages = pack_events(std::vector<std::string>(10, event.SerializeAsString()), 25);
  EXPECT_GT(messages.size(), 1U);
  int events = 0;
  for (auto bytes : messages) {
    v1::SubscribeResponse response;
    ASSERT_TRUE(parse(bytes, response));
    for (const auto& packed : response.events())
      EXPECT_EQ(packed.ticket_id(), "T-1");
    events += response.events_size();
  }
  EXPECT_EQ(events, 10);
  EXPECT_TRUE(pack_events({}, 25).empty());
}

TEST(Wire, PacksAnEventOverTheBoundAlone) {
  const auto messages = pack_events({std::string(100, 'a'), std::string(100, 'b'), std::string(100, 'c')}, 10);
  EXPECT_EQ(messages.size(), 3U);
}

} // namespace
} // namespace cxstream::transport
