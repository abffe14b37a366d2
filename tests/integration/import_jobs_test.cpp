// A long file that the node imports by itself: sent over HTTP and over gRPC, paused, resumed, and killed in the middle.
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/warehouse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace cxstream::integration {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* servicenow_log = "eventlogs/servicenow_incident_event_log_rows1-119998.csv.gz";
constexpr std::uint64_t servicenow_rows = 119'998;

// Numbers of protobuf's JSON are texts.
std::uint64_t number(const json& of, const char* name) {
  return std::stoull(of.at(name).get<std::string>());
}

class an_importing_node {
public:
  explicit an_importing_node(const std::string& rate = "1000000/s")
      : node(dir, {dir / "data", "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}]", "",
                   "imports: {mappings: '" + (dir / "mappings") + "', rate: " + rate + "}"}) {
    fs::create_directory(dir / "mappings");
    write_file(dir / "mappings/servicenow_log.yaml", read_file(example_mapping("servicenow.yaml")));
    node.start();
  }

  json job(const std::string& id) const {
    return node.ask({"job", "show", id}).at("job");
  }
  std::uint64_t rows(const std::string& id) const {
    return number(job(id).at("counts"), "rows");
  }
  bool comes_to(const std::string& id, const std::string& state) const {
    return eventually(180s, [&] { return job(id).at("state") == state; });
  }
  // By HTTP; the job's id.
  std::string post(const std::string& query, const std::string& body) const {
    http_poster door(node.intake_address());
    const auto answer = door.post("/v1/imports" + query, body);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return json::parse(answer.body).value("id", "");
  }

  scratch_dir dir;
  node_process node;
};

// Pauses the job in the middle, looks that it stands still, kills the node, lets the job go on, kills again.
void disturb(an_importing_node& at, const std::string& id) {
  ASSERT_TRUE(eventually(60s, [&] { return at.rows(id) > 5'000; }));
  const auto paused = at.node.ask({"job", "pause", id});
  EXPECT_EQ(paused.at("job").at("state"), "IMPORT_PAUSED");
  std::this_thread::sleep_for(1s); // the batch under way
  const auto stands_at = at.rows(id);
  at.node.kill9();
  at.node.bury();
  at.node.start();
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(at.job(id).at("state"), "IMPORT_PAUSED") << "over the kill";
  EXPECT_EQ(at.rows(id), stands_at);
  ASSERT_LT(stands_at, servicenow_rows) << "it was paused too late to show anything";
  at.node.ask({"job", "resume", id});
  for (int kills = 0; kills < 3; ++kills) {
    const auto before = at.rows(id);
    ASSERT_TRUE(eventually(60s, [&] { return at.rows(id) > before; })) << "it gets on after each kill";
    at.node.kill9();
    at.node.bury();
    at.node.start();
  }
}

void expect_whole(an_importing_node& at, const std::string& id) {
  ASSERT_TRUE(at.comes_to(id, "IMPORT_DONE")) << at.job(id);
  const auto counts = at.job(id).at("counts");
  EXPECT_EQ(number(counts, "rows"), servicenow_rows);
  EXPECT_EQ(number(counts, "accepted") + number(counts, "duplicates"), servicenow_rows) << counts;
  ASSERT_TRUE(at.node.drains(120s));
  const warehouse db(at.dir / "warehouse.db");
  EXPECT_EQ(db.value("SELECT count(*) FROM fact_ticket_event"), std::to_string(servicenow_rows));
  EXPECT_EQ(db.value("SELECT count(DISTINCT idempotency_key) FROM fact_ticket_event"), std::to_string(servicenow_rows));
  EXPECT_EQ(db.value("SELECT count(*) FROM ticket_current"), "20769");
  EXPECT_EQ(at.node.contradictions(), "");
}

TEST(ImportJobs, ALogThatCameByHttpIsImportedOnceOverPausesAndKills) {
  if (!fs::exists(external_data(servicenow_log)))
    GTEST_SKIP() << "without the external data";
  an_importing_node at("15000/s");
  const auto log = read_file(external_data(servicenow_log));
  const auto id = at.post("?name=incidents&mapping=servicenow_log", log);
  disturb(at, id);
  expect_whole(at, id);
  EXPECT_FALSE(fs::exists(at.dir / ("data/imports/" + id + "/file"))) << "what is done needs no file";

  const auto again = at.post("?name=again&mapping=servicenow_log&rate=1000000", log);
  ASSERT_TRUE(at.comes_to(again, "IMPORT_DONE"));
  EXPECT_EQ(number(at.job(again).at("counts"), "duplicates"), servicenow_rows);
}

TEST(ImportJobs, ALogThatCameByGrpcIsImportedOnceOverPausesAndKills) {
  if (!fs::exists(external_data(servicenow_log)))
    GTEST_SKIP() << "without the external data";
  an_importing_node at("15000/s");
  const auto sent = at.node.ask({"import", external_data(servicenow_log), "--upload", "--detach", "--mapping",
                                 example_mapping("servicenow.yaml")});
  const std::string id = sent.at("id");
  disturb(at, id);
  expect_whole(at, id);
}

TEST(ImportJobs, TheCommandShowsAJobToItsEndAndLeavesItRunningWhenItIsLeft) {
  an_importing_node at;
  std::string table = "id,at\n";
  for (int i = 0; i < 3'000; ++i)
    table += "T-" + std::to_string(i % 40) + ",2026-01-02T03:04:" + (i % 50 < 10 ? "0" : "") + std::to_string(i % 50) +
             "Z\n";
  table += "T-1,never\n";
  write_file(at.dir / "t.csv", table);
  write_file(at.dir / "t.yaml",
             "name: t\nformat: csv\nsource_system: desk\nevent_type: a\nidentical_rows: distinct\nfields:\n"
             "  ticket_id: {column: id}\n  occurred_at: {column: at, format: rfc3339}\n");
  const auto shown = at.node.cli({"import", at.dir / "t.csv", "--upload", "-m", at.dir / "t.yaml"});
  EXPECT_EQ(shown.exit_code, 1) << "a row is refused: " << shown.out << shown.err;
  EXPECT_THAT(shown.out, testing::HasSubstr("done"));
  EXPECT_THAT(shown.out, testing::HasSubstr("unreadable  1"));
  const auto jobs = at.node.ask({"job", "list"}).at("jobs");
  ASSERT_EQ(jobs.size(), 1u);
  const std::string id = jobs[0].at("id");
  const auto rejects = at.node.cli({"job", "rejects", id});
  const auto line = json::parse(rejects.out);
  EXPECT_EQ(line.at("line"), 3'002);
  EXPECT_EQ(line.at("raw"), "T-1,never");
  EXPECT_EQ(line.at("field_path"), "occurred_at");
  const auto letter = at.node.ask({"dead", "list", "--source", "import/t"}); // one line, so one letter
  EXPECT_EQ(letter.at("source"), "import/t");

  std::vector<std::string> slow{cxstream_binary(),
                                "import",
                                at.dir / "t.csv",
                                "--upload",
                                "-m",
                                at.dir / "t.yaml",
                                "--rate",
                                "20",
                                "--server",
                                at.node.grpc_address()};
  child_process watch(slow, at.dir / "watch.out", at.dir / "watch.err");
  ASSERT_TRUE(eventually(30s, [&] { return at.node.ask({"job", "list"}).at("jobs").size() == 2; }));
  std::this_thread::sleep_for(500ms);
  watch.signal(SIGINT);
  EXPECT_EQ(watch.wait(30s), 130);
  EXPECT_THAT(read_file(at.dir / "watch.err"), testing::HasSubstr("the job goes on"));
  const std::string second = at.node.ask({"job", "list"}).at("jobs")[0].at("id");
  EXPECT_EQ(at.job(second).at("state"), "IMPORT_RUNNING");
  EXPECT_EQ(at.node.ask({"job", "cancel", second}).at("job").at("state"), "IMPORT_CANCELLED");
  EXPECT_EQ(at.node.cli({"job", "resume", second}).exit_code, 1);
  EXPECT_EQ(at.node.cli({"job", "show", "none"}).exit_code, 1);
  EXPECT_EQ(at.node.terminate(), 0);
}

TEST(ImportJobs, RowsThatWereRefusedAreTriedAgainWhenTheMappingIsMended) {
  an_importing_node at;
  const auto mapping = [](const char* format) {
    return std::string(
               "name: desk\nformat: csv\nsource_system: desk\nevent_type: a\nfields:\n  ticket_id: {column: id}\n"
               "  occurred_at: {column: at, format: ") +
           format + "}\n";
  };
  write_file(at.dir / "mappings/desk.yaml", mapping("rfc3339"));
  const auto id = at.post("?mapping=desk", "id,at\nT-1,1767268800\nT-2,1767268801\n");
  ASSERT_TRUE(at.comes_to(id, "IMPORT_DONE"));
  EXPECT_EQ(number(at.job(id).at("counts"), "unreadable"), 2u);
  write_file(at.dir / "mappings/desk.yaml", mapping("unix_s"));
  const auto again = at.node.cli({"dead", "requeue", "--source", "import/desk"});
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  EXPECT_EQ(at.node.history("T-1").size(), 1u);
  EXPECT_EQ(at.node.history("T-2").size(), 1u);
}

} // namespace
} // namespace cxstream::integration
