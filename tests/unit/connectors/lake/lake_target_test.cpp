#include "connectors/lake/lake_target.hpp"

#include "connectors/factory.hpp"
#include "connectors/lake/folder_store.hpp"
#include "model/projection.hpp"
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zstd.h>

#include <fstream>
#include <set>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::event_of;
using connectors_test::now;
using testing::ElementsAre;
using testing::IsEmpty;

// Objects in memory; the Nth put can be made to fail.
class memory_store final : public object_store {
public:
  struct shelf {
    std::map<std::string, std::string> objects;
    std::vector<std::string> order;
    int puts_until_failure = -1;
  };
  explicit memory_store(shelf& at) : at_(at) {
  }
  base::result<void> put(const std::string& name, std::string_view bytes, std::string_view) override {
    if (at_.puts_until_failure == 0)
      return base::error{base::error_code::unavailable, "the store is away"};
    if (at_.puts_until_failure > 0)
      --at_.puts_until_failure;
    if (const auto it = at_.objects.find(name); it != at_.objects.end()) {
      EXPECT_EQ(it->second, bytes) << name << " is another thing when it is published again";
    }
    at_.objects[name] = bytes;
    at_.order.push_back(name);
    return {};
  }

private:
  shelf& at_;
};

std::string unpacked(const std::string& bytes) {
  std::string out(ZSTD_getFrameContentSize(bytes.data(), bytes.size()), '\0');
  EXPECT_EQ(ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()), out.size());
  return out;
}

class LakeTarget : public testing::Test {
protected:
  std::unique_ptr<lake_target> open() {
    auto target = std::make_unique<lake_target>(settings_, json_event(model::compiled_projection()),
                                                std::make_unique<memory_store>(shelf_));
    EXPECT_TRUE(target->open());
    return target;
  }
  // The keys of the events that the manifests lead to.
  std::vector<std::string> published() const {
    std::vector<std::string> out;
    for (const auto& [name, bytes] : shelf_.objects) {
      if (!name.starts_with("manifest/"))
        continue;
      const auto manifest = nlohmann::json::parse(bytes);
      const auto& data = shelf_.objects.at(manifest.at("file").get<std::string>());
      EXPECT_EQ(manifest.at("sha256"), security::encode(security::text_encoding::hex, security::sha256(data)));
      std::istringstream lines(unpacked(data));
      std::size_t rows = 0;
      for (std::string line; std::getline(lines, line); ++rows)
        out.push_back(nlohmann::json::parse(line).at("idempotency_key"));
      EXPECT_EQ(manifest.at("rows"), rows);
    }
    return out;
  }
  std::vector<ports::delivery> events(std::size_t count) {
    std::vector<ports::delivery> out;
    for (std::size_t i = 0; i < count; ++i)
      out.push_back(log_.add("T" + std::to_string(i % 5)));
    return out;
  }

  connectors_test::scratch_directory directory_;
  lake_settings settings_{.staging = {.path = directory_ / "staging", .rotate_bytes = 4'096}, .shape = {}};
  memory_store::shelf shelf_;
  connectors_test::log_of_events log_;
};

TEST_F(LakeTarget, PublishesEveryEventOnceWithItsManifestAfterItsData) {
  auto target = open();
  const auto all = events(100);
  for (std::size_t i = 0; i < all.size(); i += 10) {
    EXPECT_TRUE(all_delivered(target->deliver(std::span(all).subspan(i, 10), now)));
    EXPECT_TRUE(all_delivered(target->deliver(std::span(all).subspan(i, 10), now))) << "again";
  }
  target->close();
  const auto keys = published();
  EXPECT_EQ(keys.size(), all.size());
  EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), all.size());
  EXPECT_GT(shelf_.order.size(), 4U);
  for (std::size_t i = 0; i + 1 < shelf_.order.size(); i += 2) {
    EXPECT_TRUE(shelf_.order[i].starts_with("data/"));
    EXPECT_TRUE(shelf_.order[i + 1].starts_with("manifest/"));
  }
}

TEST_F(LakeTarget, EndsAPartWhenItIsOldAndSaysWhatIsInIt) {
  auto target = open();
  EXPECT_TRUE(all_delivered(target->deliver(events(2), now)));
  EXPECT_THAT(shelf_.objects, IsEmpty());
  EXPECT_TRUE(all_delivered(target->deliver(events(1), now + 6min)));
  ASSERT_EQ(shelf_.objects.size(), 2U);
  const auto manifest = nlohmann::json::parse(shelf_.objects.at("manifest/events-000001.json"));
  EXPECT_EQ(manifest.at("file"), "data/events-000001.ndjson.zst");
  EXPECT_EQ(manifest.at("rows"), 2);
  EXPECT_EQ(manifest.at("first_occurred_at"), "2026-01-02T03:04:06Z");
  EXPECT_EQ(manifest.at("partitions"), nlohmann::json::parse(R"([{"partition":3,"first_offset":0,"last_offset":1}])"));
}

TEST_F(LakeTarget, LosesAndDoublesNothingWhereverTheStoreFailsAndTheNodeDies) {
  std::vector<std::string> keys;
  const auto all = events(60);
  for (int fails_at = 0; fails_at < 12; ++fails_at) {
    shelf_.puts_until_failure = fails_at;
    {
      auto target = open();
      for (std::size_t i = 0; i < all.size(); i += 20)
        (void)target->deliver(std::span(all).subspan(i, 20), now);
    } // no close(): as when killed
    shelf_.puts_until_failure = -1;
    auto again = open();
    EXPECT_TRUE(all_delivered(again->deliver(all, now + 1h)));
    again->close();
    keys = published();
    ASSERT_EQ(std::set(keys.begin(), keys.end()).size(), keys.size()) << "doubled, failing at " << fails_at;
    ASSERT_EQ(keys.size(), all.size()) << "lost, failing at " << fails_at;
  }
}

TEST_F(LakeTarget, TakesNothingInWhenTooMuchWaitsToBePublished) {
  settings_.unpublished_max = 2;
  shelf_.puts_until_failure = 0;
  auto target = open();
  std::size_t taken = 0;
  std::vector<ports::delivery> refused;
  for (int i = 0; i < 50 && refused.empty(); ++i) {
    auto batch = events(20);
    if (all_delivered(target->deliver(batch, now)))
      taken += batch.size();
    else
      refused = std::move(batch);
  }
  ASSERT_FALSE(refused.empty());
  EXPECT_GT(taken, 40U);
  shelf_.puts_until_failure = -1;
  EXPECT_TRUE(all_delivered(target->deliver(refused, now + 1min)));
  target->close();
  EXPECT_EQ(published().size(), taken + refused.size());
}

TEST(LakePart, WritesCsvAsRfc4180WantsIt) {
  part_shape shape;
  shape.format = part_format::csv;
  shape.compression = part_compression::none;
  shape.columns = {"ticket_id", "sentiment.label", "raw_tags", "missing", "version"};
  const auto part =
      part_of("{\"ticket_id\":\"a,\\\"b\\\"\",\"sentiment\":{\"label\":\"bad\"},\"raw_tags\":[\"x\",\"y\"],"
              "\"version\":7}\n{\"ticket_id\":\"line\\nbreak\",\"version\":8}\n",
              shape, "data/p.csv");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->bytes, "ticket_id,sentiment.label,raw_tags,missing,version\n"
                         "\"a,\"\"b\"\"\",bad,\"[\"\"x\"\",\"\"y\"\"]\",,7\n"
                         "\"line\nbreak\",,,,8\n");
  EXPECT_EQ(nlohmann::json::parse(part->manifest).at("rows"), 2);
  EXPECT_FALSE(part_of("no json\n", shape, "x"));
}

class Lake : public testing::Test {
protected:
  Lake() {
    sink_.kind = "lake";
    sink_.settings = {{"path", directory_ / "lake"}, {"compression", "none"}};
  }
  // Two events, delivered and published.
  void publish() {
    auto target = make_target(sink_);
    ASSERT_TRUE(target) << target.err().message;
    ASSERT_TRUE((*target)->open());
    EXPECT_TRUE(all_delivered((*target)->deliver(std::vector{log_.add("T1"), log_.add("T2")}, now)));
    (*target)->close();
  }

  const connectors_test::scratch_directory directory_;
  config::sink_config sink_;
  connectors_test::log_of_events log_;
};

TEST_F(Lake, HoldsCloudEventsWhenItIsToldToAndItsManifestSpeaksOfTheirData) {
  sink_.settings["envelope"] = "cloudevents";
  ASSERT_NO_FATAL_FAILURE(publish());
  std::ifstream in(directory_ / "lake/data/events-000001.ndjson");
  std::vector<std::string> subjects;
  for (std::string line; std::getline(in, line);) {
    const auto event = nlohmann::json::parse(line);
    EXPECT_EQ(event.at("specversion"), "1.0");
    EXPECT_EQ(event.at("data").at("ticket_id"), event.at("subject"));
    subjects.push_back(event.at("subject"));
  }
  EXPECT_THAT(subjects, ElementsAre("T1", "T2"));
  std::ifstream told(directory_ / "lake/manifest/events-000001.json");
  const auto manifest = nlohmann::json::parse(told);
  EXPECT_EQ(manifest.at("rows"), 2);
  EXPECT_EQ(manifest.at("first_occurred_at"), "2026-01-02T03:04:06Z");
  EXPECT_EQ(manifest.at("partitions"), nlohmann::json::parse(R"([{"partition":3,"first_offset":0,"last_offset":1}])"));
}

TEST_F(Lake, RefusesAnEnvelopeAroundCsv) {
  sink_.settings["envelope"] = "cloudevents";
  sink_.settings["format"] = "csv";
  const auto target = make_target(sink_);
  ASSERT_FALSE(target);
  EXPECT_THAT(target.err().message, testing::HasSubstr("ndjson"));
}

TEST_F(Lake, IsAFolderOfPartsAsConfigured) {
  sink_.settings["format"] = "csv";
  ASSERT_NO_FATAL_FAILURE(publish());
  std::ifstream in(directory_ / "lake/data/events-000001.csv");
  std::string header;
  std::getline(in, header);
  EXPECT_THAT(header, testing::StartsWith("event_id,event_type,occurred_at,ticket_id,"));
  EXPECT_TRUE(std::filesystem::exists(directory_ / "lake/manifest/events-000001.json"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "lake/staging/events-000001.ndjson"));
}

} // namespace
} // namespace cxstream::connectors
