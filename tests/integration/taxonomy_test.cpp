// A taxonomy over the history of a real node: coverage, a new version run over it, again, and after being killed.
#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"
#include "integration/harness/publish_client.hpp"
#include "support/event_maker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace cxstream::integration {
namespace {

constexpr const char* first_version = "version: v1\n"
                                      "tags:\n"
                                      "  payment: {driver: finance, raw: ['money*']}\n"
                                      "  login: {driver: access, raw: [sso]}\n";
constexpr const char* second_version = "version: v2\n"
                                       "tags:\n"
                                       "  payment: {driver: finance, raw: ['money*']}\n"
                                       "  refund: {driver: billing, raw: ['*refund*']}\n"
                                       "  login: {driver: identity, raw: [sso, 'pass*word']}\n"
                                       "examples:\n"
                                       "  - {raw: [money_back_refund], tag: refund, driver: billing}\n"
                                       "  - {raw: [passed_word], tag: login}\n";

class TaxonomyOfHistory : public testing::Test {
protected:
  TaxonomyOfHistory() : node_(dir_, {dir_ / "data", "[]", "", "", ", taxonomy_file: " + (dir_ / "v1.yaml")}) {
    write_file(dir_ / "v1.yaml", first_version);
    write_file(dir_ / "v2.yaml", second_version);
    node_.start();
  }

  v1::CanonicalEvent event(const std::string& ticket, int second, const std::vector<std::string>& tags) {
    auto out = support::plain_event(ticket, "key-" + std::to_string(++number_), second);
    for (const auto& tag : tags)
      out.add_raw_tags(tag);
    return out;
  }

  void publish(std::vector<v1::CanonicalEvent> events) {
    std::size_t sent = 0;
    client_.publish(node_.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
      if (sent == events.size())
        return std::nullopt;
      const auto until = std::min(events.size(), sent + 500);
      std::vector<v1::CanonicalEvent> batch(events.begin() + static_cast<std::ptrdiff_t>(sent),
                                            events.begin() + static_cast<std::ptrdiff_t>(until));
      sent = until;
      return batch;
    });
    ASSERT_TRUE(client_.status().ok()) << client_.status().error_message();
    ASSERT_THAT(client_.contradictions(), testing::IsEmpty());
  }

  // "tag/driver" of a ticket's state.
  std::string tagged(const std::string& ticket) const {
    const auto state = node_.ask({"ticket", "show", ticket}).at("ticket");
    const auto text = [&](const char* field) {
      return state.contains(field) && state.at(field).contains("value") ? state.at(field).at("value").get<std::string>()
                                                                        : std::string("-");
    };
    return text("canonical_tag") + "/" + text("driver");
  }

  nlohmann::json rerun(std::vector<std::string> more = {}) const {
    std::vector<std::string> command{"taxonomy", "rerun", "--file", dir_ / "v2.yaml", "--from", dir_ / "v1.yaml"};
    command.insert(command.end(), more.begin(), more.end());
    return node_.ask(command);
  }

  std::vector<std::string> subscriptions() const {
    std::vector<std::string> out;
    const auto list = node_.ask({"sink", "list"});
    for (const auto& sink : list.at("sinks"))
      out.push_back(sink.at("name"));
    return out;
  }

  scratch_dir dir_;
  node_process node_;
  publish_client client_;
  int number_ = 0;
};

TEST_F(TaxonomyOfHistory, CoverageFindsTheHomelessTagsAndARerunGivesThemAHome) {
  auto special = event("T-source", 20, {"money_refund"});
  special.set_canonical_tag("special");
  special.set_driver("own");
  publish({event("T-changed", 0, {"money_refund"}), event("T-homeless", 0, {"a_refund", "vip"}),
           event("T-homeless", 1, {"vip"}), event("T-other", 0, {"vip"}), event("T-same", 0, {"money"}),
           event("T-driver", 0, {"sso"}), event("T-source", 10, {"money_refund"}), special, event("T-plain", 0, {})});

  const auto coverage = node_.ask({"taxonomy", "coverage", "--file", dir_ / "v1.yaml"});
  EXPECT_EQ(coverage.at("total").at("events"), 9) << coverage;
  EXPECT_EQ(coverage.at("total").at("tagged"), 8);
  EXPECT_EQ(coverage.at("total").at("covered"), 5);
  EXPECT_EQ(coverage.at("homeless").at(0).at("tag"), "vip");
  EXPECT_EQ(coverage.at("homeless").at(0).at("events"), 3);
  EXPECT_EQ(coverage.at("homeless").at(0).at("tickets"), 2);
  EXPECT_EQ(coverage.at("homeless").at(1).at("tag"), "a_refund");
  EXPECT_THAT(subscriptions(), testing::IsEmpty());

  const auto dry = rerun({"--dry-run"});
  EXPECT_EQ(dry.at("changed"), 4) << dry;
  EXPECT_EQ(tagged("T-changed"), "payment/finance");

  const auto summary = rerun();
  EXPECT_EQ(summary.at("read"), 9) << summary;
  EXPECT_EQ(summary.at("changed"), 4);
  EXPECT_EQ(summary.at("accepted"), 4);
  EXPECT_EQ(summary.at("refused"), 0);
  EXPECT_EQ(tagged("T-changed"), "refund/billing");
  EXPECT_EQ(tagged("T-homeless"), "refund/billing");
  EXPECT_EQ(tagged("T-other"), "-/-");
  EXPECT_EQ(tagged("T-same"), "payment/finance");
  EXPECT_EQ(tagged("T-driver"), "login/identity");
  EXPECT_EQ(tagged("T-source"), "special/own") << "a newer tag of the source was overwritten";
  const auto history = node_.history("T-changed");
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history.at(0).at("canonical_tag"), "payment") << "the past was rewritten";
  EXPECT_EQ(history.at(1).at("event_type"), "ticket.retagged");
  EXPECT_EQ(history.at(1).at("occurred_at"), history.at(0).at("occurred_at"));
  EXPECT_THAT(subscriptions(), testing::IsEmpty());

  const auto again = rerun();
  EXPECT_EQ(again.at("accepted"), 0) << again;
  EXPECT_EQ(again.at("duplicates"), 4);
  EXPECT_EQ(node_.history("T-changed").size(), 2U);
  EXPECT_EQ(node_.contradictions(), "");
}

TEST_F(TaxonomyOfHistory, ARerunThatWasKilledGoesOnWhereItWas) {
  constexpr int tickets = 3'000;
  std::vector<v1::CanonicalEvent> events;
  for (int i = 0; i < tickets; ++i)
    events.push_back(event("T-" + std::to_string(i), 0, {"money_refund"}));
  publish(std::move(events));
  const auto committed = [&] {
    return std::stoull(node_.ask({"stats"}).at("node").at("committed").get<std::string>());
  };
  {
    child_process slow({cxstream_binary(), "taxonomy", "rerun", "--file", dir_ / "v2.yaml", "--from", dir_ / "v1.yaml",
                        "--rate", "1000/s", "--server", node_.grpc_address()},
                       dir_ / "rerun.out", dir_ / "rerun.out");
    ASSERT_TRUE(eventually(30s, [&] { return committed() > tickets + tickets / 4; }));
    slow.kill9();
    slow.wait(5s);
  }
  ASSERT_LT(committed(), 2U * tickets);
  EXPECT_TRUE(eventually(10s, [&] { return subscriptions() == std::vector<std::string>{"taxonomy-rerun-v2"}; }));
  // The node frees the name when it notices that the stream is gone.
  nlohmann::json summary;
  ASSERT_TRUE(eventually(30s, [&] {
    const auto done =
        node_.cli({"taxonomy", "rerun", "--file", dir_ / "v2.yaml", "--from", dir_ / "v1.yaml", "--json"});
    summary = nlohmann::json::parse(done.out, nullptr, false);
    return done.exit_code == 0;
  }));
  EXPECT_EQ(committed(), 2U * tickets);
  EXPECT_LT(summary.at("read"), tickets) << "it began anew";
  EXPECT_GT(summary.at("accepted"), 0);
  EXPECT_THAT(subscriptions(), testing::IsEmpty());
  for (const auto* ticket : {"T-0", "T-1499", "T-2999"})
    EXPECT_EQ(tagged(ticket), "refund/billing");
  EXPECT_EQ(node_.contradictions(), "");
}

TEST(TaxonomyTest, RunsTheExamplesOfAFileAndSaysWhatCameOutOtherwise) {
  const scratch_dir dir;
  write_file(dir / "good.yaml", second_version);
  write_file(dir / "bad.yaml", std::string(second_version) + "  - {raw: [sso], tag: payment, driver: identity}\n");
  EXPECT_EQ(run_command({cxstream_binary(), "taxonomy", "test", dir / "good.yaml"}, 30s).exit_code, 0);
  const auto bad = run_command({cxstream_binary(), "taxonomy", "test", dir / "bad.yaml"}, 30s);
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.out, testing::HasSubstr("bad.yaml:9: [sso]\n  - tag: payment\n  + tag: login\n")) << bad.err;
  const auto missing = run_command({cxstream_binary(), "taxonomy", "test"}, 30s);
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, testing::HasSubstr("--config"));
}

} // namespace
} // namespace cxstream::integration
