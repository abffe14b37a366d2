// Texts that break programs, through the HTTP doors to a warehouse and back: what is taken is there byte for byte, what
// is refused is a dead letter with its bytes.
#include "integration/harness/files.hpp"
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/warehouse.hpp"

#include "cxstream/v1/admin.grpc.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace cxstream::integration {
namespace {

using nlohmann::json;
using testing::IsEmpty;

constexpr const char* strings_file = "conformance/strings/blns.json";
constexpr const char* utf8_file = "conformance/utf8/UTF-8-test.txt";
const http_headers as_lines{{"Content-Type", "application/x-ndjson"}};

constexpr const char* mapping_text = R"(name: naughty
version: 1
format: ndjson
source_system: naughty
event_type: ticket.updated
fields:
  ticket_id: {path: .id}
  occurred_at: {path: .at, format: rfc3339}
  agent_id: {path: .value}
raw_tags: [{path: .tag}]
idempotency_key: {path: .key}
)";

// Where a text is put.
enum class place { id, tag, value };
constexpr place places[] = {place::id, place::tag, place::value};

struct sent_text {
  place where;
  std::string text;
  std::string line; // as it was sent
};

class NaughtyText : public ::testing::Test {
protected:
  void SetUp() override {
    if (!std::filesystem::exists(external_data(strings_file)) || !std::filesystem::exists(external_data(utf8_file)))
      GTEST_SKIP() << "without the external data";
    write_file(dir / "naughty.yaml", mapping_text);
    node.emplace(dir,
                 node_setup{dir / "data", "[{name: warehouse, kind: sqlite, path: " + (dir / "warehouse.db") + "}]", "",
                            "sources: [{name: naughty, mapping: '" + (dir / "naughty.yaml") +
                                "', verify: none, contract: {learn: 1000000}}]"});
    node->start();
  }

  // A text as a JSON string, bytes as they are: what is no UTF-8 stays so.
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\')
        out += '\\';
      if (static_cast<unsigned char>(c) >= 0x20) {
        out += c;
        continue;
      }
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += escape.data();
    }
    return out + "\"";
  }

  void add(const std::string& text, bool as_event) {
    for (const auto where : places) {
      const auto key = "k-" + std::to_string(sent.size());
      const auto put = [&](place here, const std::string& otherwise) {
        return quoted(where == here ? text : otherwise);
      };
      const auto id = put(place::id, "T-" + key);
      const auto line =
          as_event ? R"({"event_type":"ticket.updated","occurred_at":"2026-01-02T03:04:05Z","source_system":"naughty",)"
                     R"("idempotency_key":")" +
                         key + R"(","ticket_id":)" + id + R"(,"raw_tags":[)" + put(place::tag, "tag") +
                         R"(],"agent_id":)" + put(place::value, "agent") + "}"
                   : R"({"at":"2026-01-02T03:04:05Z","key":")" + key + R"(","id":)" + id + R"(,"tag":)" +
                         put(place::tag, "tag") + R"(,"value":)" + put(place::value, "agent") + "}";
      sent.emplace(key, sent_text{where, text, line});
    }
  }
  std::string body() const {
    std::string out;
    for (const auto& [key, one] : sent)
      out += one.line + "\n";
    return out;
  }

  std::string letter_payload(const std::string& id) const {
    v1::GetDeadLetterRequest request;
    request.set_id(id);
    v1::GetDeadLetterResponse response;
    const auto status =
        v1::AdminService::NewStub(node->channel())->GetDeadLetter(within(10s).get(), request, &response);
    EXPECT_TRUE(status.ok()) << id << ": " << status.error_message();
    return response.dead_letter().payload();
  }
  // What is in the warehouse, by key: id, tag, agent.
  std::map<std::string, table_row> warehoused() const {
    std::map<std::string, table_row> out;
    for (const auto& row : warehouse(dir / "warehouse.db")
                               .rows("SELECT idempotency_key, ticket_id, raw_tags, agent_id FROM v_ticket_history")) {
      const auto tags = row[2].empty() ? json::array() : json::parse(row[2]);
      out[row[0]] = {row[1], tags.empty() ? "" : tags[0].get<std::string>(), row[3]};
    }
    return out;
  }
  // As canonicalisation leaves a text.
  static std::string trimmed(const std::string& text) {
    constexpr const char* space = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(space);
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(space) - first + 1);
  }
  // The keys of texts that are in the warehouse otherwise than they were sent.
  std::vector<std::string> changed(const std::map<std::string, table_row>& found) const {
    std::vector<std::string> out;
    for (const auto& [key, row] : found)
      if (const auto& one = sent.at(key); row.at(static_cast<std::size_t>(one.where)) != trimmed(one.text))
        out.push_back(key + ": " + one.text);
    return out;
  }

  scratch_dir dir;
  std::optional<node_process> node;
  std::map<std::string, sent_text> sent; // by key
};

std::set<std::string> naughty_strings() {
  return json::parse(read_file(external_data(strings_file))).get<std::set<std::string>>();
}

// The lines of a file that holds every way in which bytes are no UTF-8.
std::set<std::string> hard_lines() {
  std::set<std::string> out;
  std::istringstream in(read_file(external_data(utf8_file)));
  for (std::string line; std::getline(in, line);)
    out.insert(line);
  return out;
}

TEST_F(NaughtyText, AsEventsComesBackFromTheWarehouseOrIsADeadLetterWithItsBytes) {
  for (const auto& text : naughty_strings())
    add(text, true);
  for (const auto& text : hard_lines())
    add(text, true);
  http_poster door(node->intake_address());
  const auto answer = door.post("/v1/events", body(), as_lines);
  ASSERT_TRUE(answer.status == 202) << answer.status << answer.body.substr(0, 500);
  const auto results = json::parse(answer.body).at("results");
  ASSERT_EQ(results.size(), sent.size());
  std::set<std::string> accepted;
  std::vector<std::string> lost;
  std::size_t at = 0;
  for (const auto& [key, one] : sent) {
    const auto& result = results[at++];
    if (result.at("outcome") == "ACCEPTED") {
      accepted.insert(key);
      continue;
    }
    // A line that is no JSON is kept as it came; an event that is refused as the event it is.
    const auto payload = letter_payload(result.at("dead_letter_id"));
    v1::CanonicalEvent event;
    const bool is_event = event.ParseFromString(payload) && event.idempotency_key() == key;
    const auto kept = one.where == place::id    ? event.ticket_id()
                      : one.where == place::tag ? event.raw_tags_size() > 0 ? event.raw_tags(0) : ""
                                                : event.agent_id();
    if (payload != one.line && !(is_event && kept == one.text))
      lost.push_back(key + ": " + one.text);
  }
  EXPECT_THAT(lost, IsEmpty());
  EXPECT_GT(accepted.size(), 1'200u);
  EXPECT_GE(sent.size() - accepted.size(), 30u) << "some of it must be refused";
  ASSERT_TRUE(node->drains(30s));
  const auto found = warehoused();
  EXPECT_EQ(found.size(), accepted.size());
  EXPECT_THAT(changed(found), IsEmpty());
  EXPECT_EQ(node->contradictions(), "");
}

TEST_F(NaughtyText, FromASourceComesBackFromTheWarehouseOrIsADeadLetterWithItsBytes) {
  for (const auto& text : naughty_strings())
    add(text, false);
  for (const auto& text : hard_lines())
    add(text, false);
  http_poster door(node->intake_address());
  const auto answer = door.post("/v1/sources/naughty", body(), as_lines);
  ASSERT_TRUE(answer.status == 202) << answer.status << answer.body.substr(0, 500);
  const auto said = json::parse(answer.body);
  std::multiset<std::string> kept;
  for (const auto& refused : said.at("rejected"))
    kept.insert(letter_payload(refused.at("dead_letter_id")));
  ASSERT_TRUE(node->drains(30s));
  const auto found = warehoused();
  EXPECT_EQ(found.size(), said.at("accepted"));
  EXPECT_GT(found.size(), 1'200u);
  EXPECT_THAT(changed(found), IsEmpty());
  std::multiset<std::string> refused;
  for (const auto& [key, one] : sent)
    if (!found.contains(key))
      refused.insert(one.line);
  EXPECT_EQ(kept, refused);
  EXPECT_EQ(node->contradictions(), "");
}

} // namespace
} // namespace cxstream::integration
