// A whole poller over a real HTTP server on loopback: what the tickets know is left out, the rest is submitted, and the
// cursor is on disk only when it is durable.
#include "pollers/poll_service.hpp"
#include "pollers/refused_record.hpp"
#include "support/event_maker.hpp"
#include "support/memory_store.hpp"
#include "unit/connectors/webhook_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <future>

namespace cxstream::pollers {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t day_one = support::day_one_s;

v1::CanonicalEvent event_at(const std::string& ticket, std::int64_t seconds, const std::string& status) {
  auto out = support::plain_event(ticket, ticket + "@" + std::to_string(seconds), seconds - day_one);
  out.set_status(status);
  return out;
}

// Reads conversations as a mapping would; one whose state is "bad" is refused.
class plain_reader final : public ports::payload_reader {
public:
  ports::read_payload read(const ports::payload& from, base::timestamp now) const override {
    return read_verified(from, now);
  }
  ports::read_payload read_verified(const ports::payload& from, base::timestamp) const override {
    ports::read_payload out;
    const auto page = json::parse(from.body);
    for (const auto& c : page["conversations"])
      if (c["state"] == "bad")
        out.refused.push_back({v1::BAD_MAPPING, "status", "no such state", c.dump()});
      else
        out.events.push_back(event_at(c["id"], c["updated_at"], c["state"]).SerializeAsString());
    return out;
  }
  bool hides(std::string_view) const override {
    return false;
  }
};

// A node that knows some tickets, and fails the first batches that it is given.
class small_node final : public ports::ingest_gate, public ports::query_service {
public:
  struct session final : ports::ingest_session {
    session(small_node& n, std::shared_ptr<ports::ingest_listener> l) : node(n), listener(std::move(l)) {
    }
    void submit(v1::RawPublishRequest) override {
    }
    void submit_malformed(std::string) override {
    }
    void submit_mapped(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused) override {
      if (node.failures > 0) {
        --node.failures;
        return listener->on_failed({base::error_code::unavailable, "not now"});
      }
      v1::PublishResponse answer;
      answer.set_batch_id(batch.batch_id());
      for (const auto& bytes : batch.events()) {
        v1::CanonicalEvent event;
        event.ParseFromString(bytes);
        node.taken.push_back(event.ticket_id() + " " + event.status());
        answer.add_results()->set_outcome(v1::ACCEPTED);
      }
      for (auto& letter : refused) {
        node.letters.push_back(letter);
        answer.add_results()->set_outcome(v1::REJECTED);
      }
      listener->on_answer(std::move(answer));
    }
    small_node& node;
    std::shared_ptr<ports::ingest_listener> listener;
  };
  std::shared_ptr<ports::ingest_session> open(std::shared_ptr<ports::ingest_listener> listener,
                                              ports::ingest_client) override {
    return std::make_shared<session>(*this, std::move(listener));
  }
  std::uint32_t credit_events() const override {
    return 100;
  }
  void get_ticket(v1::GetTicketRequest request, ports::reply<v1::GetTicketResponse> done) override {
    const auto found = known.find(request.ticket_id());
    if (found == known.end())
      return done(base::error{base::error_code::not_found, "no such ticket"});
    v1::GetTicketResponse out;
    *out.mutable_ticket() = found->second;
    done(out);
  }
  void get_ticket_history(v1::GetTicketHistoryRequest, ports::reply<v1::GetTicketHistoryResponse>) override {
  }
  void search_tickets(v1::SearchTicketsRequest, ports::reply<v1::SearchTicketsResponse>) override {
  }

  std::map<std::string, v1::TicketState> known;
  int failures = 0;
  std::vector<std::string> taken;
  std::vector<v1::DeadLetter> letters;
};

v1::TicketState known_ticket(std::int64_t ms_after_day_one, const std::string& status) {
  v1::TicketState out;
  out.mutable_newest()->set_occurred_at_us(day_one * 1'000'000 + ms_after_day_one * 1'000);
  out.mutable_status()->set_value(status);
  *out.mutable_status()->mutable_revision() = out.newest();
  return out;
}

// Tells when the poller has read all there was.
class noting_meter final : public ports::poll_meter, public ports::source_meter {
public:
  void polled(std::string_view, std::uint64_t records, std::uint64_t known, std::uint64_t filled_in) override {
    counts = {records, known, filled_in};
  }
  void poll_state(std::string_view, v1::PollState state, std::string_view why) override {
    if (state == v1::POLL_FAILING)
      last_error = why;
    if (state == v1::POLL_FOLLOWING && ++seen_following == 2) // stored, and waiting
      following.set_value();
  }
  void poll_answered(std::string_view, base::timestamp) override {
  }
  void request(std::string_view, ports::source_outcome, std::uint64_t) override {
  }
  void refused(std::string_view, v1::RejectReason) override {
    ++refusals;
  }
  void dropped(std::string_view, std::uint64_t) override {
  }
  void decided(std::string_view, std::uint64_t, std::uint64_t, base::timestamp) override {
  }

  std::vector<std::uint64_t> counts;
  std::string last_error;
  int seen_following = 0;
  int refusals = 0;
  std::promise<void> following;
};

class Poller : public testing::Test {
protected:
  // Until it has read everything; false when it does not within the time.
  bool runs(const connectors_test::webhook_server& vendor) {
    polled_source source{"desk", "desk", {}, std::make_shared<plain_reader>()};
    source.poll.kind = config::poll_kind::intercom_search;
    source.poll.url = vendor.url();
    source.poll.start_us = 1'000'000;
    source.poll.requests_per_second = 1'000;
    auto service = poll_service::start({source}, {node, node, store, clock, meter, meter, log}, {1, "cxstream/test"});
    EXPECT_TRUE(service) << service.err().message;
    const bool done = meter.following.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready;
    (*service)->stop();
    return done;
  }
  std::string kept() const {
    v1::PollCursor cursor;
    cursor.ParseFromString(store.get(ports::family::meta, "poll/desk")->value_or(""));
    return std::to_string(cursor.since_us() / 1'000'000 - day_one);
  }

  small_node node;
  noting_meter meter;
  support::memory_store store;
  ports::system_clock clock;
  ports::no_log log;
};

std::string page_of(const json& conversations) {
  return json{{"conversations", conversations}, {"pages", {{"next", nullptr}}}}.dump();
}

TEST_F(Poller, FillsInWhatTheTicketsDoNotKnowAndLeavesOutTheRest) {
  const connectors_test::webhook_server vendor(
      {{200, "",
        page_of({{{"id", "T-1"}, {"updated_at", day_one}, {"state", "open"}},
                 {{"id", "T-2"}, {"updated_at", day_one + 1}, {"state", "open"}},
                 {{"id", "T-3"}, {"updated_at", day_one + 2}, {"state", "closed"}},
                 {{"id", "T-4"}, {"updated_at", day_one + 2}, {"state", "bad"}},
                 {{"id", "T-5"}, {"updated_at", day_one + 90}, {"state", "closed"}}})}});
  node.known["T-1"] = known_ticket(300, "open");    // its webhook came
  node.known["T-3"] = known_ticket(1'000, "open");  // the webhook of closing it did not
  node.known["T-5"] = known_ticket(90'200, "open"); // nor this one, within the same second as another
  ASSERT_TRUE(runs(vendor)) << meter.last_error;
  EXPECT_THAT(node.taken, ElementsAre("T-2 open", "T-3 closed", "T-5 closed"));
  EXPECT_THAT(meter.counts, ElementsAre(5, 1, 3));
  ASSERT_EQ(node.letters.size(), 1u);
  EXPECT_EQ(node.letters[0].source(), "desk/poll");
  EXPECT_EQ(node.letters[0].reject_reason(), v1::BAD_MAPPING);
  EXPECT_THAT(node.letters[0].payload(), HasSubstr("T-4"));
  EXPECT_EQ(meter.refusals, 1);
  EXPECT_EQ(kept(), "30");
}

TEST_F(Poller, AsksForThePageAgainWhenTheNodeCouldNotTakeIt) {
  const connectors_test::webhook_server vendor(
      {{200, "", page_of({{{"id", "T-1"}, {"updated_at", day_one}, {"state", "open"}}})}});
  node.failures = 1;
  ASSERT_TRUE(runs(vendor)) << meter.last_error;
  EXPECT_EQ(meter.last_error, "not now");
  EXPECT_THAT(node.taken, ElementsAre("T-1 open"));
  ASSERT_EQ(vendor.requests().size(), 2u);
  EXPECT_EQ(vendor.requests()[0].body, vendor.requests()[1].body);
  EXPECT_EQ(vendor.requests()[0].headers.at("User-Agent"), "cxstream/test");
}

TEST_F(Poller, SaysWhichSourceCannotBePolled) {
  polled_source source{"desk", "desk", {}, std::make_shared<plain_reader>()};
  source.poll.url = "http://vendor.example";
  source.poll.paged.records = ".a | .b";
  const auto service = poll_service::start({source}, {node, node, store, clock, meter, meter, log}, {});
  ASSERT_FALSE(service);
  EXPECT_THAT(service.err().message, HasSubstr("source \"desk\""));
}

} // namespace
} // namespace cxstream::pollers
