#include "connectors/evidence/evidence_target.hpp"

#include "../deliveries.hpp"
#include "connectors/factory.hpp"
#include "model/evidence.hpp"
#include "support/http/http_stand_in.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;
using connectors_test::log_of_events;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using ports::evidence_found;
using support::got_request;
using support::said;
using testing::ElementsAre;
using testing::IsEmpty;

struct noted_events final : ports::own_events {
  base::result<void> publish(const v1::CanonicalEvent& event) override {
    if (refuses)
      return base::error{base::error_code::unavailable, "the log cannot be written"};
    published.push_back(event);
    return {};
  }
  bool refuses = false;
  std::vector<v1::CanonicalEvent> published;
};

struct noted_looks final : ports::evidence_meter {
  void looked(evidence_found found) override {
    looks.push_back(found);
  }
  void passed_over() override {
    ++passed;
  }
  std::vector<evidence_found> looks;
  int passed = 0;
};

class EvidenceTarget : public testing::Test {
protected:
  void start(std::map<std::string, std::string> settings = {}) {
    config::sink_config sink;
    sink.name = "links";
    sink.kind = "evidence";
    settings.insert({{"sample_per_mille", "1000"}, {"allow_private", "true"}, {"timeout", "500ms"}});
    sink.settings = settings;
    auto made = make_target(sink, {nullptr, {}, events, &looks});
    ASSERT_TRUE(made) << made.err().message;
    target = *std::move(made);
  }
  ports::delivery event(const std::string& path, const std::string& ticket = "T1") {
    auto e = connectors_test::event_of(ticket, ++number);
    if (!path.empty())
      e.set_evidence_url(desk.url(path));
    return log.add(e);
  }

  support::http_stand_in desk{[](const got_request& r) {
    if (r.path == "/gone")
      return said(404);
    if (r.path == "/login")
      return said(302).with("Location", "/sign-in");
    if (r.path == "/locked")
      return said(401);
    if (r.path == "/no-head" && r.method == "HEAD")
      return said(405);
    return r.path == "/ill" ? said(500) : said(200, std::string(100'000, 'x'));
  }};
  std::shared_ptr<noted_events> events = std::make_shared<noted_events>();
  noted_looks looks;
  log_of_events log;
  std::uint64_t number = 0;
  std::unique_ptr<ports::target> target;
};

TEST_F(EvidenceTarget, TellsWhatResolvesFromWhatLeadsNowhere) {
  start();
  const std::vector all{event("/fine"), event("/gone"), event("/login")};
  EXPECT_THAT(results(target->deliver(all, now)),
              ElementsAre(delivery_result::delivered, delivery_result::delivered, delivery_result::delivered));
  const std::vector more{event("/locked"), event("/no-head"), event("/ill"), event("")};
  EXPECT_TRUE(connectors_test::all_delivered(target->deliver(more, now)));
  EXPECT_THAT(looks.looks, ElementsAre(evidence_found::resolves, evidence_found::broken, evidence_found::resolves,
                                       evidence_found::locked, evidence_found::resolves, evidence_found::unclear));
  ASSERT_EQ(events->published.size(), 1u);
  const auto& finding = events->published.front();
  EXPECT_EQ(finding.ticket_id(), "T1");
  EXPECT_FALSE(finding.has_evidence_url()) << "it says nothing about the ticket's fields";
  EXPECT_EQ(model::broken_link_in(finding)->sequence.value, 2u);
  EXPECT_EQ(model::broken_link_in(finding)->http_status, 404);
}

TEST_F(EvidenceTarget, LooksAtNoAddressThatItMayNotCall) {
  start({{"allow_private", "false"}});
  EXPECT_TRUE(connectors_test::all_delivered(target->deliver(std::vector{event("/fine")}, now)));
  EXPECT_THAT(looks.looks, ElementsAre(evidence_found::forbidden));
  EXPECT_EQ(desk.connections(), 0u);
}

TEST_F(EvidenceTarget, WaitsUntilAFindingIsDurable) {
  start();
  events->refuses = true;
  const std::vector all{event("/gone"), event("/fine", "T2")};
  EXPECT_THAT(results(target->deliver(all, now)),
              ElementsAre(delivery_result::unreachable, delivery_result::unreachable));
  events->refuses = false;
  EXPECT_THAT(results(target->deliver(all, now)), ElementsAre(delivery_result::delivered, delivery_result::delivered));
  EXPECT_EQ(events->published.size(), 1u);
}

TEST_F(EvidenceTarget, PassesOverWhatItsRatesDoNotAllow) {
  start({{"host_checks_per_minute", "2"}});
  std::vector<ports::delivery> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(event("/" + std::to_string(i)));
  EXPECT_TRUE(connectors_test::all_delivered(target->deliver(all, now)));
  EXPECT_EQ(looks.looks.size(), 2u);
  EXPECT_EQ(looks.passed, 8);
  EXPECT_EQ(desk.requests().size(), 2u);
}

TEST(BrokenEvidence, IsNotSeenWhereThereIsNone) {
  v1::CanonicalEvent event;
  event.set_event_type("evidence.broken");
  for (const auto* id : {"", "evidence.broken", "evidence.broken/", "evidence.broken/1", "evidence.broken/x/404",
                         "evidence.broken/1/"}) {
    event.set_event_id(id);
    EXPECT_FALSE(model::broken_link_in(event)) << id;
  }
  event.set_event_id("evidence.broken/7/410");
  EXPECT_EQ(model::broken_link_in(event)->http_status, 410);
  event.set_event_type("ticket.updated");
  EXPECT_FALSE(model::broken_link_in(event));
}

} // namespace
} // namespace cxstream::connectors
