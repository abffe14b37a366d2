// A real node learns what a source sends, holds back what changed, over a kill, until an operator accepts it.
#include "integration/harness/files.hpp"
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"

#include <gmock/gmock.h>

namespace cxstream::integration {
namespace {

using nlohmann::json;

constexpr const char* desk_mapping = R"(name: desk
version: 1
format: json
source_system: desk
event_type: ticket.updated
fields:
  ticket_id: {path: .ticket}
  event_id: {path: .id}
  occurred_at: {path: .at, format: rfc3339}
  status: {path: .status}
)";

std::string desk_event(int number, const json& more = json::object()) {
  json out{{"id", number}, {"ticket", "T-1"}, {"at", "2026-01-01T00:00:00Z"}, {"status", "open"}};
  out.update(more);
  return out.dump();
}

node_setup setup_of(const scratch_dir& dir, const std::string& contract) {
  return {dir / "data", "[{name: archive, kind: file, path: " + (dir / "archive") + "}]", "",
          "sources: [{name: desk, mapping: '" + (dir / "desk.yaml") + "', verify: none, contract: " + contract + "}]"};
}

json timeline(const node_process& node) {
  return node.ask({"schema", "timeline", "desk"}).value("drifts", json::array());
}

TEST(Contract, HoldsWhatChangedOverAKillUntilItIsAccepted) {
  const scratch_dir dir;
  write_file(dir / "desk.yaml", desk_mapping);
  node_process node(dir, setup_of(dir, "{mode: quarantine, learn: 10}"));
  node.start();
  const auto changed = desk_event(100, {{"survey", {{"score", 5}}}});
  {
    http_poster desk(node.intake_address());
    for (int n = 0; n < 10; ++n)
      ASSERT_EQ(desk.post("/v1/sources/desk", desk_event(n)).status, 200);
    const auto held = desk.post("/v1/sources/desk", changed);
    EXPECT_EQ(held.status, 202) << held.body;
    EXPECT_EQ(json::parse(held.body).at("rejected").at(0).at("reason"), "BROKEN_CONTRACT");
    EXPECT_EQ(desk.post("/v1/sources/desk", desk_event(11)).status, 200);
  }
  ASSERT_EQ(timeline(node).size(), 1u) << timeline(node);
  EXPECT_EQ(timeline(node)[0].at("path"), "survey");
  node.kill9();
  node.bury();
  node.start();
  ASSERT_EQ(timeline(node).size(), 1u);
  http_poster desk(node.intake_address());
  EXPECT_EQ(desk.post("/v1/sources/desk", changed).status, 202);
  EXPECT_EQ(timeline(node).size(), 1u); // told once
  EXPECT_EQ(node.history("T-1").size(), 11u);
  const auto accepted = node.ask({"schema", "accept", "desk"});
  EXPECT_EQ(accepted.at("accepted"), 1) << accepted;
  node.ask({"dead", "requeue", "--source", "desk", "--reason", "BROKEN_CONTRACT"});
  EXPECT_EQ(node.history("T-1").size(), 12u);
  EXPECT_EQ(node.terminate(), 0);
}

TEST(Contract, IsToldToTheSenderWhereItIsEnforced) {
  const scratch_dir dir;
  write_file(dir / "desk.yaml", desk_mapping);
  write_file(dir / "desk.json", R"({"properties": {"status": {"enum": ["open", "solved"]}}})");
  node_process node(dir, setup_of(dir, "{mode: enforce, schema: '" + (dir / "desk.json") + "', on: [schema]}"));
  node.start();
  http_poster desk(node.intake_address());
  EXPECT_EQ(desk.post("/v1/sources/desk", desk_event(1)).status, 200);
  const auto refused = desk.post("/v1/sources/desk", desk_event(2, {{"status", "lost"}}));
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_THAT(refused.body, testing::HasSubstr("/status: "));
  EXPECT_EQ(node.history("T-1").size(), 1u);
  EXPECT_EQ(node.ask({"schema", "list"}).at("schemas").at(0).at("violations"), "1");
  EXPECT_EQ(node.terminate(), 0);
}

} // namespace
} // namespace cxstream::integration
