// The sample log through the pure model alone: what canonicalise, validate and ticket decide is what the generator's
// own model, written in another language, expects.
#include "model/canonicalise.hpp"
#include "model/content_hash.hpp"
#include "model/ticket.hpp"
#include "model/validate.hpp"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>

namespace cxstream::model {
namespace {

const std::string examples = std::string{CXSTREAM_SOURCE_DIR} + "/examples/";

struct close_file {
  void operator()(gzFile file) const {
    gzclose(file);
  }
};

// Reads the samples in file order and counts what becomes of each line, under the names of sample_events.expected.json.
class sample_run {
public:
  sample_run() {
    const std::unique_ptr<gzFile_s, close_file> file{gzopen((examples + "sample_events.ndjson.gz").c_str(), "rb")};
    std::string line(1 << 20, '\0');
    while (file && gzgets(file.get(), line.data(), static_cast<int>(line.size())))
      take(line.c_str());
    for (const auto& [id, t] : tickets_)
      counts["closed_tickets"] += t.state().status().value() == "closed" ? 1 : 0;
    counts["tickets"] = static_cast<int>(tickets_.size());
  }

  std::map<std::string, int> counts;
  std::map<v1::RejectReason, int> reasons;

private:
  void take(const std::string& line) {
    ++counts["lines"];
    v1::CanonicalEvent event;
    if (!google::protobuf::util::JsonStringToMessage(line, &event).ok()) {
      ++counts["unreadable"];
      return;
    }
    const auto content = content_hash(event);
    canonicalise(event, taxonomy{}, content);
    if (const auto refused = validate(event, now_, validation_limits{})) {
      ++counts["rejected"];
      ++reasons[refused->reason];
      return;
    }
    apply(event, content);
  }

  void apply(const v1::CanonicalEvent& event, std::uint64_t content) {
    auto& t = tickets_.try_emplace(event.ticket_id(), event.ticket_id(), base::partition_id{0}).first->second;
    const auto key = key_hash(event.idempotency_key());
    const auto decided =
        *t.apply(event, {key.high, key.low, content}, {base::log_offset{offset_++}, now_, std::chrono::hours{24}},
                 ticket_index::nothing_rests);
    const std::map<effect, std::string> names{
        {effect::accepted, "accepted"}, {effect::duplicate, "duplicate"}, {effect::conflict, "conflict"}};
    ++counts[names.at(decided.outcome)];
    counts["late"] += decided.late ? 1 : 0;
  }

  const base::timestamp now_{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
  std::uint64_t offset_ = 0;
  std::map<std::string, ticket> tickets_;
};

TEST(SampleEvents, BecomeWhatAnIndependentModelExpects) {
  const auto expected = nlohmann::json::parse(std::ifstream{examples + "sample_events.expected.json"});
  EXPECT_EQ(sample_run{}.counts, (expected.get<std::map<std::string, int>>()));
}

TEST(SampleEvents, AreRefusedForEveryReasonThatTheModelKnows) {
  const std::map<v1::RejectReason, int> expected{{v1::MISSING_FIELD, 4}, {v1::OUT_OF_RANGE, 3}, {v1::TOO_LARGE, 2},
                                                 {v1::INVALID_URL, 1},   {v1::INVALID_TIME, 2}, {v1::INVALID_CLEAR, 1}};
  EXPECT_EQ(sample_run{}.reasons, expected);
}

} // namespace
} // namespace cxstream::model
