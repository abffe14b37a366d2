// `cxstream map`: mappings tested, tried, listed and shown, as somebody at a terminal does.
#include "integration/harness/child_process.hpp"
#include "support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace cxstream::integration {
namespace {

using testing::HasSubstr;

constexpr const char* desk = R"(version: 2
about: a desk of one's own
format: json
source_system: desk
event_type: ticket.updated
drop: [{when: '.type == "ping"', reason: a ping}]
lookups: {states: {NEW: new}}
fields:
  ticket_id: {path: .id}
  occurred_at: {path: .at}
  status: {path: .state, lookup: states}
  agent_id: {path: .who}
examples:
  - name: a ping
    input: {type: ping}
    dropped: a ping
)";

class MapCommand : public testing::Test {
protected:
  std::string write(const std::string& name, const std::string& text) const {
    auto path = dir_.path(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static finished_command map(std::vector<std::string> words) {
    words.insert(words.begin(), {cxstream_binary(), "map"});
    return run_command(words, std::chrono::seconds(60));
  }

  support::scratch_dir dir_;
};

TEST_F(MapCommand, TestsTheExamplesOfAMappingAndShowsWhatDiffers) {
  const auto good = map({"test", write("desk.yaml", desk)});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("ok      a ping"));
  const auto bad = write("bad.yaml", std::string(desk) + R"(  - name: a ticket
    input: {id: 7, at: "2024-03-01T00:00:00Z", state: NEW}
    expect: [{ticket_id: "7", event_type: ticket.updated, source_system: desk, occurred_at: "2024-03-01T00:00:00Z", status: open}]
)");
  const auto differs = map({"test", bad});
  EXPECT_EQ(differs.exit_code, 1);
  EXPECT_THAT(differs.out, HasSubstr("differs a ticket"));
  EXPECT_THAT(differs.out, HasSubstr("- expected  \"open\""));
  EXPECT_THAT(differs.out, HasSubstr("+ became    \"new\""));
  EXPECT_THAT(map({"test", bad, "--json"}).out, HasSubstr(R"("outcome":"differs")"));
  const auto wrong = map({"test", write("wrong.yaml", std::string(desk) + "formt: json\n")});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.out, HasSubstr("unknown key 'formt'"));
  EXPECT_EQ(map({"test"}).exit_code, 2);
  EXPECT_EQ(map({"test", "--all"}).exit_code, 0);
}

TEST_F(MapCommand, TriesAPayloadAndSaysWhyFieldsAreEmpty) {
  const auto mapping = write("desk.yaml", desk);
  const auto payload =
      write("in.json", R"([{"id":7,"at":"2024-03-01T00:00:00Z","state":"NEW","who":null},{"type":"ping"}])");
  const auto tried = map({"try", mapping, payload});
  EXPECT_EQ(tried.exit_code, 0) << tried.err;
  EXPECT_THAT(tried.out, HasSubstr("record 1 of 2: an event by desk@2"));
  EXPECT_THAT(tried.out, HasSubstr("path .state = NEW, lookup states"));
  EXPECT_THAT(tried.out, HasSubstr("path .who is null or empty"));
  EXPECT_THAT(tried.out, HasSubstr("not in the mapping"));
  EXPECT_THAT(tried.out, HasSubstr("record 2 of 2: dropped: a ping"));
  EXPECT_THAT(map({"try", mapping, payload, "--json"}).out, HasSubstr(R"("outcome":"event")"));
  const auto refused = map({"try", mapping, write("bad.json", "{\"id\":")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, HasSubstr("BAD_FORMAT: not JSON"));
}

TEST_F(MapCommand, NamesWhatThereIsWhenAMappingIsNotFound) {
  EXPECT_EQ(map({"list"}).exit_code, 0);
  const auto mapping = write("desk.yaml", desk);
  EXPECT_EQ(map({"show", mapping}).out, desk);
  const auto unknown = map({"show", "no_such_mapping"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no built-in mapping 'no_such_mapping'"));
  EXPECT_EQ(map({"try", mapping, "/nowhere/in.json"}).exit_code, 2);
  EXPECT_EQ(map({"try", mapping, "--headers", "nonsense"}).exit_code, 2);
}

TEST_F(MapCommand, ImportsLinesOfJsonThatAMappingSplitsAndDrops) {
  auto text = std::string(desk);
  text.replace(text.find("json"), 4, "ndjson\neach: if .list then .list[] else . end");
  const auto lines = write("in.ndjson", R"({"list":[{"id":1,"at":"2024-03-01T00:00:00Z"},{"id":2,"at":"never"}]})"
                                        "\n{\"type\":\"ping\"}\nbroken\n");
  const auto outcome =
      run_command({cxstream_binary(), "import", lines, "-m", write("desk.yaml", text), "--dry-run", "--json"},
                  std::chrono::seconds(60));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, HasSubstr(R"("rows":4)"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("unreadable":2)"));
  EXPECT_THAT(outcome.out, HasSubstr(R"("dropped":1)"));
}

} // namespace
} // namespace cxstream::integration
