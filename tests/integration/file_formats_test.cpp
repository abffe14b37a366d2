// Files of every format through a real node: every public event log, standard input, and a watched folder.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace cxstream::integration {
namespace {

namespace fs = std::filesystem;

class a_node {
public:
  a_node() : node(dir, {dir / "data", "[]", ""}) {
    node.start();
  }
  std::vector<std::string> import_arguments(const std::string& mapping) const {
    std::vector<std::string> out{"import", "--quiet"};
    if (!mapping.empty())
      out.insert(out.end(), {"--mapping", mapping});
    return out;
  }
  nlohmann::json import(const std::string& file, const std::string& mapping) const {
    auto arguments = import_arguments(mapping);
    arguments.insert(arguments.end(), {file, "--state", dir / "import.state", "--rejects", dir / "rejects.ndjson"});
    return node.ask(arguments);
  }

  scratch_dir dir;
  node_process node;
};

TEST(FileFormats, EveryPublicLogIsImportedWholeAndOnce) {
  struct log {
    const char* file;
    const char* mapping; // of the examples; empty: none is needed
    int accepted;
    int unreadable = 0;
  };
  // The long ServiceNow log and the Italian help desk as Disco has it are those of real_logs_test.
  const log logs[] = {
      {"eventlogs/bpic2013_closed_problems.xes.gz", "bpic2013_problems.yaml", 6'660},
      {"eventlogs/twcs-AppleSupport-116.xes", "twcs_conversations.yaml", 152},
      {"eventlogs/helpdesk_italian_semicolon.csv.gz", "helpdesk_italian_semicolon.yaml", 21'348},
      {"eventlogs/bpic2013_incidents_3col.csv.gz", "bpic2013_incidents.yaml", 65'533},
      {"eventlogs/servicenow_incident_event_log_198.csv", "servicenow.yaml", 198},
      {"tickets_csv/twcs_sample.csv", "twcs_tweets.yaml", 121},
      {"tickets_csv/customer_support_tickets_8469.csv.gz", "customer_support_tickets.yaml", 8'469},
      {"tickets_csv/bitext_customer_service.csv.gz", "bitext_utterances.yaml", 8'096, 87},
  };
  if (!fs::exists(external_data(logs[0].file)))
    GTEST_SKIP() << "without the external data";
  a_node at;
  for (const auto& log : logs) {
    SCOPED_TRACE(log.file);
    const auto summary = at.import(external_data(log.file), example_mapping(log.mapping));
    EXPECT_EQ(summary.at("accepted"), log.accepted) << summary;
    EXPECT_EQ(summary.at("unreadable"), log.unreadable) << summary;
    EXPECT_EQ(summary.at("rejected"), 0) << summary;
    EXPECT_EQ(summary.at("conflict"), 0) << summary;
  }
  const auto again = at.import(external_data(logs[0].file), example_mapping(logs[0].mapping));
  EXPECT_EQ(again.at("duplicate"), 6'660) << again;
  EXPECT_EQ(at.import(external_data(logs[1].file), "").at("accepted"), 152) << "an event log needs no mapping";
  EXPECT_EQ(at.node.history("1-109135791").size(), 5u);
  EXPECT_EQ(at.node.contradictions(), "");
}

TEST(FileFormats, StandardInputIsAFileToo) {
  a_node at;
  const auto zipped = std::string(CXSTREAM_SOURCE_DIR) + "/examples/sample_events.ndjson.gz";
  const auto from_pipe = run_command(
      {"/bin/sh", "-c",
       "cat '" + zipped + "' | '" + cxstream_binary() + "' import - --json --quiet --server " + at.node.grpc_address()},
      120s);
  EXPECT_EQ(from_pipe.exit_code, 1) << "three of its lines are no events: " << from_pipe.err;
  EXPECT_EQ(nlohmann::json::parse(from_pipe.out).at("rows"), 4'252) << from_pipe.out;
}

TEST(FileFormats, ARejectedRowIsNamedWithItsPlaceAndItself) {
  a_node at;
  write_file(at.dir / "a.json",
             "{\"items\": [\n  {\"id\": \"T-1\", \"at\": 1767268800},\n  {\"id\": \"T-2\", \"at\": \"soon\"}\n]}");
  write_file(at.dir / "m.yaml",
             "format: json\neach: .items[]\nsource_system: desk\nevent_type: ticket.updated\nfields:\n"
             "  ticket_id: {path: .id}\n  occurred_at: {path: .at, format: unix_s}\n");
  const auto summary = at.import(at.dir / "a.json", at.dir / "m.yaml");
  EXPECT_EQ(summary.at("accepted"), 1) << summary;
  const auto rejects = read_ndjson(at.dir / "rejects.ndjson");
  ASSERT_EQ(rejects.size(), 1u);
  EXPECT_EQ(rejects[0].at("row"), 2);
  EXPECT_EQ(rejects[0].at("line"), 3);
  EXPECT_EQ(rejects[0].at("column"), 3);
  EXPECT_EQ(rejects[0].at("field_path"), "occurred_at");
  EXPECT_EQ(rejects[0].at("raw"), "{\"id\": \"T-2\", \"at\": \"soon\"}");
}

TEST(FileFormats, FilesThatAppearInAWatchedFolderAreImportedOnceAndPutAway) {
  a_node at;
  const auto inbox = at.dir / "inbox";
  fs::create_directory(inbox);
  auto arguments = at.import_arguments(std::string(CXSTREAM_SOURCE_DIR) + "/examples/mappings/sample.yaml");
  arguments.insert(arguments.begin(), cxstream_binary());
  arguments.insert(arguments.end(), {"--watch", inbox, "--server", at.node.grpc_address()});
  const auto table = read_file(std::string(CXSTREAM_SOURCE_DIR) + "/examples/sample_tickets.csv");
  write_file(inbox + "/.hidden.csv", table);
  {
    child_process watch(arguments, at.dir / "watch.out", at.dir / "watch.err");
    write_file(inbox + "/one.csv", table);
    EXPECT_TRUE(eventually(30s, [&] { return fs::exists(inbox + "/done/one.csv"); }))
        << read_file(at.dir / "watch.err");
    write_file(inbox + "/broken.csv", "no,such,columns\n1,2,3\n");
    EXPECT_TRUE(eventually(30s, [&] { return fs::exists(inbox + "/failed/broken.csv"); }));
    EXPECT_NE(read_file(inbox + "/failed/broken.csv.error.txt").find("column 'Ticket #'"), std::string::npos);
    watch.signal(SIGTERM);
    EXPECT_EQ(watch.wait(30s), 0);
  }
  write_file(inbox + "/one.csv", table); // while nobody watches
  child_process watch(arguments, at.dir / "watch.out", at.dir / "watch.err");
  EXPECT_TRUE(eventually(30s, [&] { return fs::exists(inbox + "/done/one.csv.2"); }))
      << read_file(at.dir / "watch.err");
  EXPECT_NE(read_file(at.dir / "watch.out").find("duplicate"), std::string::npos);
  EXPECT_TRUE(fs::exists(inbox + "/.hidden.csv"));
  EXPECT_FALSE(fs::exists(inbox + "/one.csv"));
}

} // namespace
} // namespace cxstream::integration
