// Everything a source can do wrong, as bytes on the wire: a clear answer, good neighbours taken, nothing lost.
#include "integration/harness/node_process.hpp"
#include "integration/harness/warehouse.hpp"
#include "support/event_maker.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/ingest.grpc.pb.h"
#include "cxstream/v1/query.grpc.pb.h"
#include "cxstream/v1/storage.pb.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <set>

namespace cxstream::integration {
namespace {

using support::plain_event;

struct answer_to_bytes {
  grpc::Status status;
  v1::PublishResponse response;
};

// Sends exactly these bytes as a PublishRequest.
answer_to_bytes publish_bytes(const node_process& node, const std::string& bytes) {
  grpc::TemplatedGenericStub<grpc::ByteBuffer, v1::PublishResponse> stub(node.channel());
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  const auto context = within(30s);
  answer_to_bytes out;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(context.get(), "/cxstream.v1.IngestService/PublishBatch", {}, &request, &out.response,
                 [&](grpc::Status status) { ended.set_value(std::move(status)); });
  out.status = ended.get_future().get();
  return out;
}

answer_to_bytes publish(const node_process& node, const std::vector<std::string>& events) {
  v1::RawPublishRequest request;
  for (const auto& event : events)
    request.add_events(event);
  return publish_bytes(node, request.SerializeAsString());
}

v1::DeadLetter dead_letter(const node_process& node, const std::string& id) {
  v1::GetDeadLetterRequest request;
  request.set_id(id);
  v1::GetDeadLetterResponse response;
  const auto status = v1::AdminService::NewStub(node.channel())->GetDeadLetter(within(10s).get(), request, &response);
  EXPECT_TRUE(status.ok()) << id << ": " << status.error_message();
  return response.dead_letter();
}

// As canonicalisation leaves an id.
std::string without_outer_space(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

class a_node_with_a_warehouse {
public:
  a_node_with_a_warehouse()
      : node(dir, {dir / "data", "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}]", ""}) {
    node.start();
  }
  scratch_dir dir;
  node_process node;
};

struct bad_event {
  std::string bytes;
  v1::RejectReason reason;
  std::string field_path;
};

std::vector<bad_event> every_kind_of_bad_event() {
  std::vector<bad_event> out;
  const auto add = [&](v1::RejectReason reason, const std::string& path, auto&& spoil) {
    auto e = plain_event("bad-" + std::to_string(out.size()), "key");
    spoil(e);
    out.push_back({e.SerializePartialAsString(), reason, path});
  };
  add(v1::MISSING_FIELD, "ticket_id", [](v1::CanonicalEvent& e) { e.clear_ticket_id(); });
  add(v1::MISSING_FIELD, "occurred_at", [](v1::CanonicalEvent& e) { e.clear_occurred_at(); });
  add(v1::INVALID_URL, "evidence_url", [](v1::CanonicalEvent& e) { e.set_evidence_url("javascript:alert(1)"); });
  add(v1::INVALID_TIME, "occurred_at",
      [](v1::CanonicalEvent& e) { e.mutable_occurred_at()->set_seconds(std::time(nullptr) + 86'400); });
  add(v1::OUT_OF_RANGE, "sentiment.score",
      [](v1::CanonicalEvent& e) { e.mutable_sentiment()->set_score(std::numeric_limits<double>::quiet_NaN()); });
  add(v1::TOO_LARGE, "",
      [](v1::CanonicalEvent& e) { e.set_evidence_url("https://e.org/" + std::string(66'560, 'x')); });
  add(v1::TOO_LARGE, "raw_tags", [](v1::CanonicalEvent& e) {
    for (int i = 0; i < 65; ++i)
      e.add_raw_tags("tag-" + std::to_string(i));
  });
  auto broken_text = plain_event("bad-utf8-XX", "key").SerializeAsString();
  broken_text.replace(broken_text.find("XX"), 2, "\xff\xfe");
  out.push_back({broken_text, v1::INVALID_UTF8, "ticket_id"});
  const auto whole = plain_event("bad-cut", "key").SerializeAsString();
  out.push_back({whole.substr(0, whole.size() - 1), v1::MALFORMED, ""});
  return out;
}

TEST(BadInput, IsAnsweredWithItsFaultAndKeptWithItsBytesWhileNeighboursPass) {
  a_node_with_a_warehouse at;
  const auto bad = every_kind_of_bad_event();
  for (std::size_t i = 0; i < bad.size(); ++i) {
    SCOPED_TRACE("bad event " + std::to_string(i) + ", " + v1::RejectReason_Name(bad[i].reason));
    const auto neighbour = [&](const char* key) {
      return plain_event("good", key + std::to_string(i)).SerializeAsString();
    };
    const auto [status, response] = publish(at.node, {neighbour("before"), bad[i].bytes, neighbour("after")});
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.results_size(), 3);
    EXPECT_EQ(response.results(0).outcome(), v1::ACCEPTED);
    EXPECT_EQ(response.results(2).outcome(), v1::ACCEPTED);
    const auto& result = response.results(1);
    EXPECT_EQ(result.outcome(), v1::REJECTED);
    EXPECT_EQ(result.reason(), bad[i].reason) << result.ShortDebugString();
    EXPECT_EQ(result.field_path(), bad[i].field_path) << result.message();
    EXPECT_FALSE(result.message().empty());
    const auto letter = dead_letter(at.node, result.dead_letter_id());
    EXPECT_TRUE(letter.payload() == bad[i].bytes);
    EXPECT_EQ(letter.reject_reason(), bad[i].reason);
  }
  EXPECT_EQ(at.node.history("good").size(), 2 * bad.size());
  ASSERT_TRUE(at.node.drains(30s));
  EXPECT_EQ(at.node.contradictions(), "");
}

TEST(BadInput, ABrokenEnvelopeIsOneDeadLetterWithItsBytes) {
  a_node_with_a_warehouse at;
  const std::string bytes = "\x12\xff\xff\x03 not a batch";
  const auto [status, response] = publish_bytes(at.node, bytes);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 1);
  EXPECT_EQ(response.results(0).reason(), v1::MALFORMED);
  EXPECT_TRUE(dead_letter(at.node, response.results(0).dead_letter_id()).payload() == bytes);
}

TEST(BadInput, ABatchOverTheLimitIsRefusedAsAWholeAndTheNodeGoesOn) {
  a_node_with_a_warehouse at;
  std::vector<std::string> events;
  for (int i = 0; i < 90; ++i) {
    auto e = plain_event("large", "key-" + std::to_string(i));
    for (int tag = 0; tag < 64; ++tag)
      e.add_raw_tags(std::string(250, 'x') + std::to_string(tag));
    for (int copy = 0; copy < 4; ++copy)
      events.push_back(e.SerializeAsString());
  }
  const auto refused = publish(at.node, events);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << refused.status.error_message();
  events.resize(8);
  const auto taken = publish(at.node, events);
  ASSERT_TRUE(taken.status.ok()) << taken.status.error_message();
  EXPECT_EQ(taken.response.results(0).ticket_sequence(), 1U);
  EXPECT_EQ(taken.response.results(1).outcome(), v1::DUPLICATE);
}

TEST(BadInput, ARefusedEventThatWasRepairedIsTakenWhenItIsRequeued) {
  a_node_with_a_warehouse at;
  auto e = plain_event("repaired", "key");
  e.set_evidence_url("nowhere");
  const auto refused = publish(at.node, {e.SerializeAsString()});
  ASSERT_EQ(refused.response.results_size(), 1);
  const auto id = refused.response.results(0).dead_letter_id();
  EXPECT_EQ(at.node.cli({"dead", "edit", id, "--set", "evidence_url=https://desk.example/1"}).exit_code, 0);
  const auto requeued = at.node.cli({"dead", "requeue", id});
  EXPECT_EQ(requeued.exit_code, 0) << requeued.out << requeued.err;
  const auto history = at.node.history("repaired");
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].at("evidence_url"), "https://desk.example/1");
  EXPECT_EQ(at.node.cli({"dead", "show", id}).exit_code, 1);
}

TEST(BadInput, NaughtyStringsComeBackByteForByteOrAreDeadLetters) {
  const auto file = external_data("conformance/strings/blns.json");
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << "without the external data";
  a_node_with_a_warehouse at;
  const auto strings = nlohmann::json::parse(read_file(file)).get<std::set<std::string>>();
  std::set<std::string> kept;
  std::vector<std::string> lost;
  for (const auto& text : strings) {
    auto e = plain_event(text, "key");
    e.add_raw_tags(text.empty() ? "empty" : text);
    const auto [status, response] = publish(at.node, {e.SerializeAsString()});
    ASSERT_TRUE(status.ok()) << text << ": " << status.error_message();
    if (response.results(0).outcome() == v1::ACCEPTED)
      kept.insert(without_outer_space(text));
    else if (dead_letter(at.node, response.results(0).dead_letter_id()).payload() != e.SerializeAsString())
      lost.push_back(text);
  }
  EXPECT_GT(kept.size(), 400U);
  EXPECT_THAT(lost, testing::IsEmpty());
  ASSERT_TRUE(at.node.drains(30s));
  std::set<std::string> warehoused;
  for (const auto& row : warehouse(at.dir / "warehouse.db").rows("SELECT ticket_id, raw_tags FROM ticket_current")) {
    warehoused.insert(row[0]);
    EXPECT_EQ(nlohmann::json::parse(row[1]), nlohmann::json::array({row[0]}));
  }
  EXPECT_EQ(warehoused, kept);
  std::size_t number = 0;
  for (const auto& text : kept) {
    if (number++ % 10 != 0)
      continue;
    const auto history = at.node.history(text);
    ASSERT_EQ(history.size(), 1U) << text;
    const auto& event = history[0];
    EXPECT_EQ(event.at("ticket_id"), text);
    EXPECT_EQ(event.at("raw_tags").at(0), text);
  }
}

} // namespace
} // namespace cxstream::integration
