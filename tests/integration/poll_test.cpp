// A node beside a vendor whose webhooks get lost: the poller fills in what is missing, through faults and a kill -9.
#include "integration/harness/files.hpp"
#include "integration/harness/http_client.hpp"
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/zendesk_vendor.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace cxstream::integration {
namespace {

using nlohmann::json;

constexpr int tickets = 30;
constexpr std::chrono::seconds trail{12};

std::string polled_source(const zendesk_vendor& vendor) {
  return "sources: [{name: zendesk, mapping: zendesk_events, verify: none, poll: {kind: zendesk_export, url: '" +
         vendor.url() + "', auth: {bearer: key}, mapping: zendesk_ticket, every: 1s, rate: 20/s, start: '" +
         "2026-01-01T00:00:00Z'}}]";
}

// Changes tickets for a while and posts what happened; every tenth webhook gets lost, and what is not answered is too.
std::uint64_t work(zendesk_vendor& vendor, const node_process& node, std::chrono::seconds time, std::mt19937& random) {
  http_poster webhook(node.intake_address());
  std::uint64_t lost = 0;
  for (const auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;) {
    const auto body = vendor.change(static_cast<int>(random() % tickets) + 1);
    if (random() % 10 == 0 || webhook.post("/v1/sources/zendesk", body).status != 200)
      ++lost;
    std::this_thread::sleep_for(10ms);
  }
  return lost;
}

std::vector<std::string> unlike(const zendesk_vendor& vendor, const node_process& node) {
  std::vector<std::string> out;
  for (const auto& [id, expected] : vendor.tickets()) {
    const auto shown = node.cli({"ticket", "show", std::to_string(id), "--json"});
    const auto state = json::parse(shown.out, nullptr, false);
    const auto value = [&](const char* field, const char* part) {
      return state.is_object() ? state["ticket"].value(json::json_pointer(std::string("/") + field + part), json())
                               : json();
    };
    if (value("status", "/value") != expected.status || value("priority", "/value") != expected.priority ||
        value("raw_tags", "/values/0") != expected.tag)
      out.push_back(std::to_string(id) + " should be " + expected.status + " " + expected.priority + " " +
                    expected.tag + ": " + shown.out + shown.err);
  }
  return out;
}

TEST(Poll, FillsInWhatWebhooksLostThroughFaultsAndAKill) {
  const scratch_dir dir;
  zendesk_vendor vendor(20'260'203, trail);
  std::mt19937 random(7);
  node_process node(dir, {dir / "data", "[]", "", polled_source(vendor)});
  node.start();
  auto lost = work(vendor, node, 6s, random);
  {
    std::jthread killer([&] {
      std::this_thread::sleep_for(2s);
      node.kill9();
    });
    lost += work(vendor, node, 4s, random);
  }
  node.bury();
  node.start();
  lost += work(vendor, node, 6s, random);
  EXPECT_GT(lost, 50u);
  EXPECT_TRUE(eventually(180s, [&] { return unlike(vendor, node).empty(); })) << unlike(vendor, node).front() << "\n"
                                                                              << node.cli({"source", "list"}).out;
  const auto count = [&](const char* name) {
    const auto list = node.ask({"source", "list"});
    return std::stoull(list.at("sources").at(0).value(name, "0"));
  };
  EXPECT_GT(count("filled_in"), 0u);
  EXPECT_GT(vendor.faults(), 0u);
  // Once a ticket was polled, a change that its webhook told is known when it is polled again.
  work(vendor, node, 3s, random);
  EXPECT_TRUE(eventually(120s, [&] { return count("known") > 0; })) << node.cli({"source", "list"}).out;
  EXPECT_GE(count("polled"), count("known") + count("filled_in"));
  EXPECT_EQ(node.contradictions(), "");
  EXPECT_EQ(node.terminate(), 0);
}

} // namespace
} // namespace cxstream::integration
