#include "connectors/ops/history_past.hpp"

#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using namespace std::chrono_literals;

// A node with one ticket of so many events; event n says that n is the wait.
class one_ticket final : public ports::query_service {
public:
  void get_ticket(v1::GetTicketRequest, ports::reply<v1::GetTicketResponse>) override {
  }
  void search_tickets(v1::SearchTicketsRequest, ports::reply<v1::SearchTicketsResponse>) override {
  }
  void get_ticket_history(v1::GetTicketHistoryRequest request,
                          ports::reply<v1::GetTicketHistoryResponse> done) override {
    ++asked;
    if (silent)
      return;
    v1::GetTicketHistoryResponse out;
    for (auto n = request.from_sequence(); n < request.from_sequence() + request.page_size() && n <= events; ++n) {
      auto& e = *out.add_events();
      e.set_ticket_id(request.ticket_id());
      e.mutable_occurred_at()->set_seconds(static_cast<std::int64_t>(1'000 + n));
      e.mutable_pipeline()->set_ticket_sequence(n);
      e.mutable_pipeline()->set_offset(n);
      (*e.mutable_custom_metrics())["wait"] = static_cast<double>(n);
    }
    read += static_cast<std::uint64_t>(out.events_size());
    done(std::move(out));
  }
  std::uint64_t events = 2'000;
  std::uint64_t asked = 0;
  std::uint64_t read = 0;
  bool silent = false;
};

double wait_before(history_past& past, std::uint64_t sequence, const std::string& ticket = "T1") {
  const auto state = past.before(ticket, base::ticket_sequence{sequence});
  EXPECT_TRUE(state) << state.err().message;
  if (!state || state->custom_metrics().empty())
    return 0;
  return state->custom_metrics().at("wait").value();
}

TEST(HistoryPast, IsTheFoldOfExactlyTheEventsBefore) {
  one_ticket node;
  history_past past;
  past.attach(node);
  EXPECT_EQ(wait_before(past, 1), 0);
  EXPECT_EQ(node.asked, 0u) << "a first event has no past";
  EXPECT_EQ(wait_before(past, 2), 1);
  EXPECT_EQ(wait_before(past, 1'500), 1'499);
  EXPECT_EQ(wait_before(past, 7), 6) << "older than what is remembered";
}

TEST(HistoryPast, ReadsOnlyWhatIsNewAndRemembersAFewTickets) {
  one_ticket node;
  history_past past({2, 1'000ms});
  past.attach(node);
  for (std::uint64_t n = 1; n <= 100; ++n)
    EXPECT_EQ(wait_before(past, n), static_cast<double>(n - 1));
  EXPECT_EQ(node.read, 99u);
  wait_before(past, 5, "T2");
  wait_before(past, 5, "T3");
  node.read = 0;
  wait_before(past, 101);
  EXPECT_EQ(node.read, 100u) << "T1 was forgotten";
}

TEST(HistoryPast, SaysWhenItCannotBeRead) {
  history_past past({10, 50ms});
  EXPECT_EQ(past.before("T1", base::ticket_sequence{2}).err().code, base::error_code::unavailable);
  one_ticket node;
  past.attach(node);
  EXPECT_EQ(past.before("T1", base::ticket_sequence{9'000}).err().code, base::error_code::unavailable)
      << "not there yet";
  node.silent = true;
  EXPECT_EQ(past.before("T2", base::ticket_sequence{2}).err().code, base::error_code::timeout);
  past.detach();
  EXPECT_EQ(past.before("T2", base::ticket_sequence{2}).err().code, base::error_code::unavailable);
}

} // namespace
} // namespace cxstream::connectors
