// Every payload that vendors are known to send, through a real socket into a real node, against the table of what each
// must become.
#include "integration/harness/files.hpp"
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

namespace cxstream::integration {
namespace {

using nlohmann::json;

struct vendor_payload {
  std::string file;
  std::string mapping;
  std::string body;
  http_headers headers;
  YAML::Node expected;
};

// What the table's `at` leads to in a file.
std::string part_of(const std::string& text, const YAML::Node& at) {
  if (!at)
    return text;
  auto found = json::parse(text);
  for (const auto& step : at) {
    const auto name = step.as<std::string>();
    found = found.is_array() ? json(found.at(std::stoul(name))) : json(found.at(name));
  }
  return found.is_string() ? found.get<std::string>() : found.dump();
}

std::vector<vendor_payload> vendor_payloads() {
  std::vector<vendor_payload> out;
  const auto table = YAML::LoadFile(std::string(CXSTREAM_SOURCE_DIR) + "/tests/unit/sources/builtin_expectations.yaml");
  for (const auto& row : table["payloads"]) {
    vendor_payload payload{row["file"].as<std::string>(), row["mapping"].as<std::string>(), {}, {}, row};
    payload.body = part_of(read_file(external_data(payload.file)), row["at"]);
    for (const auto& header : row["headers"])
      payload.headers[header.first.as<std::string>()] = header.second.as<std::string>();
    out.push_back(std::move(payload));
  }
  return out;
}

std::string sources_for(const std::vector<vendor_payload>& payloads) {
  std::set<std::string> mappings;
  for (const auto& payload : payloads)
    mappings.insert(payload.mapping);
  std::string out = "sources:\n";
  for (const auto& name : mappings)
    out += "- {name: " + name + ", mapping: " + name + ", verify: none}\n";
  return out;
}

// A history's event and a row of the table agree in the texts that the table names.
bool is_as_expected(const json& event, const YAML::Node& expected) {
  return std::ranges::all_of(std::vector<std::string>{"event_type", "event_id", "status", "priority", "agent_id",
                                                      "account_id", "customer_id", "channel"},
                             [&](const std::string& field) {
                               return !expected[field] || event.value(field, "") == expected[field].as<std::string>();
                             });
}

TEST(VendorPayloads, PostThroughARealSocketAndGiveTheEventsThatTheTableNames) {
  if (!std::filesystem::exists(external_data("helpdesk_webhooks")))
    GTEST_SKIP() << "without the external data";
  const auto payloads = vendor_payloads();
  std::set<std::string> twins; // the same event of the source with other content: the second one is a conflict
  for (const auto& payload : payloads) {
    if (payload.expected["same_id_as"]) {
      twins.insert(payload.file);
      twins.insert(payload.expected["same_id_as"].as<std::string>());
    }
  }
  const scratch_dir dir;
  node_process node(dir, {dir / "data", "[]", "", sources_for(payloads)});
  node.start();
  http_poster vendor(node.intake_address());
  std::mt19937_64 random(7);
  for (int round = 0; round < 2; ++round) { // twice, in another order each time
    std::vector<std::size_t> order(payloads.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random);
    for (const auto place : order) {
      const auto& payload = payloads[place];
      const auto answer = vendor.post("/v1/sources/" + payload.mapping, payload.body, payload.headers);
      const auto row = payload.expected;
      if (twins.contains(payload.file))
        continue;
      EXPECT_EQ(answer.status, row["rejected"] ? 202 : 200) << payload.file << ": " << answer.body;
      const auto told = json::parse(answer.body, nullptr, false);
      if (row["dropped"]) {
        EXPECT_GT(told.value("dropped", 0), 0) << payload.file << ": " << answer.body;
      } else if (row["events"]) {
        EXPECT_GT(told.value("accepted", 0) + told.value("duplicate", 0), 0) << payload.file << ": " << answer.body;
      }
    }
  }
  std::size_t compared = 0;
  for (const auto& payload : payloads) {
    for (const auto& expected : payload.expected["events"]) {
      if (twins.contains(payload.file))
        continue;
      const auto history = node.history(expected["ticket_id"].as<std::string>());
      EXPECT_TRUE(std::ranges::any_of(history, [&](const json& event) { return is_as_expected(event, expected); }))
          << payload.file << " expects " << expected << " of " << json(history).dump(1);
      ++compared;
    }
  }
  EXPECT_GT(compared, 50u);
  EXPECT_EQ(node.contradictions(), "");
  EXPECT_EQ(node.terminate(), 0);
}

} // namespace
} // namespace cxstream::integration
