// Vendors post to a real node: verified, mapped, durable before the answer, mended and tried again.
#include "integration/harness/files.hpp"
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/signature.hpp"

#include <gmock/gmock.h>

#include <ctime>
#include <thread>

namespace cxstream::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* secret = "a secret of at least sixteen bytes";
constexpr const char* new_secret = "another secret of sixteen bytes and more";

// A desk of our own that posts what happened, and how its payloads are read.
constexpr const char* desk_mapping = R"(name: desk
version: 1
format: json
source_system: desk
event_type: ticket.updated
drop:
  - {when: '.kind == "ping"', reason: a ping}
fields:
  ticket_id: {path: .ticket}
  event_id: {path: .id}
  occurred_at: {path: .at, format: rfc3339}
  status: {path: .status}
)";

std::string desk_event(const std::string& ticket, int number, const std::string& status = "open") {
  return json{
      {"id", ticket + "/" + std::to_string(number)},
      {"ticket", ticket},
      {"at", "2026-01-01T00:00:" + std::string(number % 60 < 10 ? "0" : "") + std::to_string(number % 60) + "Z"},
      {"status", status}}
      .dump();
}

std::string desk_source(const scratch_dir& dir, const std::string& verify) {
  return "sources: [{name: desk, mapping: '" + (dir / "desk.yaml") + "', verify: " + verify + "}]";
}

node_setup setup_of(const scratch_dir& dir, const std::string& verify) {
  return {dir / "data", "[{name: archive, kind: file, path: " + (dir / "archive") + "}]", "", desk_source(dir, verify)};
}

json source_status(const node_process& node) {
  return node.ask({"source", "list"}).at("sources").at(0);
}

http_headers zendesk_headers(const std::string& key, const std::string& timestamp, const std::string& body) {
  return {{"X-Zendesk-Webhook-Signature-Timestamp", timestamp},
          {"X-Zendesk-Webhook-Signature", hmac_sha256_base64(key, timestamp + body)}};
}

std::string seconds_from_now(std::chrono::seconds shift) {
  return std::to_string(std::time(nullptr) + shift.count());
}

TEST(Source, IsAnsweredWhenItsEventIsDurableAndARepeatIsKnown) {
  const scratch_dir dir;
  write_file(dir / "desk.yaml", desk_mapping);
  node_process node(dir, setup_of(dir, "none"));
  node.start();
  http_poster desk(node.intake_address());
  const auto first = desk.post("/v1/sources/desk", desk_event("T-1", 1));
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(json::parse(first.body).at("accepted"), 1);
  EXPECT_EQ(json::parse(desk.post("/v1/sources/desk", desk_event("T-1", 1)).body).at("duplicate"), 1);
  EXPECT_EQ(json::parse(desk.post("/v1/sources/desk", R"({"kind": "ping"})").body).at("dropped"), 1);
  EXPECT_EQ(desk.post("/v1/sources/nobody", "{}").status, 404);
  node.kill9();
  node.bury();
  node.start();
  const auto history = node.history("T-1");
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].at("mapping_version"), "desk@1");
  EXPECT_EQ(node.contradictions(), "");
  EXPECT_EQ(node.terminate(), 0);
}

TEST(Source, IsHeardOnlyWithASignatureThatIsRightAndFresh) {
  const scratch_dir dir;
  write_file(dir / "desk.yaml", desk_mapping);
  node_process node(dir,
                    setup_of(dir, "{scheme: zendesk, secrets: ['" + std::string(new_secret) + "', '" + secret + "']}"));
  node.start();
  http_poster desk(node.intake_address());
  const auto sent = [&](const std::string& body, const http_headers& headers) {
    return desk.post("/v1/sources/desk", body, headers).status;
  };
  const auto now = seconds_from_now({});
  const auto body = desk_event("T-1", 1);
  const auto right = zendesk_headers(new_secret, now, body);
  EXPECT_EQ(sent(body, right), 200);
  EXPECT_EQ(sent(body, right), 200); // replayed: known by its key
  EXPECT_EQ(sent(desk_event("T-1", 2), zendesk_headers(secret, now, desk_event("T-1", 2))), 200); // the old secret
  EXPECT_EQ(sent(body, {}), 401);
  EXPECT_EQ(sent(body, zendesk_headers("no secret of ours at all", now, body)), 401);
  for (const std::size_t bit : {0u, 77u, 200u}) {
    auto changed = body;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(sent(changed, right), 401) << bit;
  }
  const auto old = seconds_from_now(std::chrono::minutes{-20});
  EXPECT_EQ(sent(body, zendesk_headers(secret, old, body)), 401);
  EXPECT_EQ(node.history("T-1").size(), 2u);
  const auto letters = node.cli({"dead", "list", "--source", "desk", "--reason", "BAD_SIGNATURE", "--json"}).out;
  EXPECT_THAT(letters, HasSubstr("BAD_SIGNATURE"));
  EXPECT_THAT(node.cli({"dead", "export", "--source", "desk"}).out, Not(HasSubstr(right.begin()->second)));
  EXPECT_EQ(source_status(node).at("refused").at("BAD_SIGNATURE"), "6");
  EXPECT_EQ(node.terminate(), 0);
}

TEST(Source, WhatItsMappingCouldNotReadComesInWhenTheMappingIsMended) {
  const scratch_dir dir;
  write_file(dir / "desk.yaml", desk_mapping);
  node_process node(dir, setup_of(dir, "none"));
  node.start();
  http_poster desk(node.intake_address());
  EXPECT_EQ(desk.post("/v1/sources/desk", "{\"ticket\": ").status, 202);
  for (int i = 0; i < 3; ++i) {
    auto renamed = json::parse(desk_event("T-2", i));
    renamed["ticket_number"] = renamed["ticket"];
    renamed.erase("ticket");
    const auto answer = desk.post("/v1/sources/desk", renamed.dump());
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(json::parse(answer.body).at("rejected").at(0).at("field_path"), "ticket_id") << answer.body;
  }
  const auto again = [&] {
    return node.ask({"dead", "requeue", "--source", "desk", "--reason", "BAD_MAPPING"}).at("results");
  };
  for (const auto& result : again())
    EXPECT_FALSE(result.at("requeued").get<bool>()) << result;
  auto mended = std::string(desk_mapping);
  mended.replace(mended.find("{path: .ticket}"), 15, "[{path: .ticket}, {path: .ticket_number}]");
  mended.replace(mended.find("version: 1"), 10, "version: 2");
  write_file(dir / "desk.yaml", mended);
  ASSERT_TRUE(eventually(20s, [&] { return source_status(node).at("mapping") == "desk@2"; }));
  const auto results = again();
  ASSERT_EQ(results.size(), 3u);
  for (const auto& result : results)
    EXPECT_TRUE(result.at("requeued").get<bool>()) << result;
  EXPECT_EQ(node.history("T-2").size(), 3u);
  EXPECT_THAT(node.cli({"dead", "list", "--source", "desk"}).out, HasSubstr("BAD_FORMAT"));
  EXPECT_THAT(node.cli({"dead", "list", "--source", "desk"}).out, Not(HasSubstr("BAD_MAPPING")));
  EXPECT_EQ(node.terminate(), 0);
}

TEST(Source, LosesAndDoublesNothingWhenTheNodeIsKilledUnderLoad) {
  const scratch_dir dir;
  write_file(dir / "desk.yaml", desk_mapping);
  node_process node(dir, setup_of(dir, "none"));
  std::set<std::string> answered;
  int number = 0;
  for (int kill = 0; kill < 5; ++kill) {
    node.start();
    const auto address = node.intake_address();
    std::vector<std::set<std::string>> told(4);
    {
      std::vector<std::jthread> vendors;
      for (std::size_t v = 0; v < told.size(); ++v)
        vendors.emplace_back([&, v, first = number] {
          http_poster desk(address);
          for (int i = 0; i < 100'000; ++i) {
            const auto body = desk_event("T-" + std::to_string(v) + "-" + std::to_string(i % 7), first + i);
            const auto answer = desk.post("/v1/sources/desk", body);
            if (answer.status == 0)
              return;
            if (answer.status == 200)
              told[v].insert(json::parse(body).at("id"));
          }
        });
      std::this_thread::sleep_for(std::chrono::milliseconds(150 + 130 * kill));
      node.kill9();
    }
    for (const auto& ids : told)
      answered.insert(ids.begin(), ids.end());
    number += 100'000;
    node.bury();
  }
  node.start();
  ASSERT_TRUE(node.drains(60s));
  std::map<std::string, int> delivered;
  for (const auto& event : read_archive(dir / "archive"))
    ++delivered[event.at("event_id")];
  EXPECT_GT(answered.size(), 200u);
  for (const auto& id : answered)
    EXPECT_EQ(delivered[id], 1) << id;
  for (const auto& [id, times] : delivered)
    EXPECT_EQ(times, 1) << id;
  EXPECT_EQ(node.contradictions(), "");
  EXPECT_EQ(node.terminate(), 0);
}

TEST(EventsOverHttp, NeedAKeyForTheirSourceWhereKeysAreInUse) {
  const scratch_dir dir;
  const auto keys = dir / "keys.json";
  const auto key_of = [&](const std::string& name, const std::string& scope) {
    const auto made =
        run_command({cxstream_binary(), "key", "create", name, "--scope", scope, "--file", keys, "--json"}, 30s);
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return json::parse(made.out);
  };
  const auto desk_key = key_of("desk", "ingest:desk");
  const auto reader_key = key_of("reader", "read");
  node_process node(dir, {dir / "data", "[]", "", "keys_file: " + keys});
  node.start();
  http_poster http(node.intake_address());
  const auto posted = [&](const std::string& system, const std::string& key) {
    const json event{{"event_type", "ticket.updated"},
                     {"occurred_at", "2026-01-01T00:00:00Z"},
                     {"ticket_id", "T-1"},
                     {"source_system", system},
                     {"event_id", "e-" + system}};
    return http.post("/v1/events", event.dump(),
                     key.empty() ? http_headers{} : http_headers{{"Authorization", "Bearer " + key}});
  };
  EXPECT_EQ(posted("desk", "").status, 401);
  EXPECT_EQ(posted("desk", reader_key.at("key")).status, 403);
  const auto taken = posted("desk", desk_key.at("key"));
  EXPECT_EQ(taken.status, 200) << taken.body;
  const auto foreign = posted("finance", desk_key.at("key"));
  EXPECT_EQ(foreign.status, 202);
  EXPECT_THAT(foreign.body, HasSubstr("NOT_ALLOWED"));

  EXPECT_NE(node.cli({"sink", "list"}).exit_code, 0);
  EXPECT_EQ(node.cli({"sink", "list", "--api-key", reader_key.at("key")}).exit_code, 0);
  EXPECT_NE(node.cli({"sink", "pause", "crm", "--api-key", reader_key.at("key")}).exit_code, 0);
  EXPECT_EQ(run_command({cxstream_binary(), "key", "revoke", desk_key.at("id"), "--file", keys}, 30s).exit_code, 0);
  EXPECT_TRUE(eventually(5s, [&] { return posted("desk", desk_key.at("key")).status == 401; }));
  EXPECT_EQ(node.terminate(), 0);
}

TEST(OpenDoors, AreRefusedBeyondThisMachineUnlessToldSo) {
  const scratch_dir dir;
  const auto refused =
      run_command({cxstream_binary(), "serve", "--data-dir", dir / "data", "--grpc", "0.0.0.0:0"}, 30s);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--insecure"));
}

} // namespace
} // namespace cxstream::integration
