// What deliver() says, and that it is true.
#include "conformance/handover.hpp"
#include "conformance/requirements.hpp"

#include <algorithm>
#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

namespace cxstream::conformance {

namespace {

bool is_utf8(std::string_view text) {
  rapidjson::MemoryStream in(text.data(), text.size());
  unsigned codepoint = 0;
  while (in.Tell() < in.size_)
    if (!rapidjson::UTF8<>::Decode(in, &codepoint))
      return false;
  return true;
}

constexpr std::size_t reason_bytes_max = 4'096;

void check_texts(const world& w, const outcomes& got, judge& j) {
  for (const auto& o : got) {
    const bool well = o.result == delivery_result::delivered;
    j.expect(o.reason.empty() == well, "there is a reason when, and only when, an event is not delivered");
    j.expect(!well || o.exchange.empty(), "of what went well nothing is told");
    j.expect(o.reason.size() <= reason_bytes_max, "a reason is short");
    j.expect(o.exchange.size() <= ports::exchange_bytes_max, "an exchange is bounded");
    j.expect(is_utf8(o.reason) && is_utf8(o.exchange), "what is said is UTF-8");
    for (const auto& secret : w.secrets())
      j.expect(o.reason.find(secret) == std::string::npos && o.exchange.find(secret) == std::string::npos,
               "what is said holds no secret");
  }
}

} // namespace

void check_one_outcome(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  j.expect(target->deliver({}, connectors_test::now).empty(), "no events, no outcomes");
  auto some = interleaved(log, tickets(5), 1);
  some[3] = unreadable(some[3]);
  const auto got = hand_over(w, *target, some);
  if (!j.expect(got.size() == some.size(), "as many outcomes as events"))
    return;
  for (std::size_t i = 0; i < got.size(); ++i)
    j.expect((got[i].result == delivery_result::delivered) == (i != 3),
             "an outcome stands in its event's place; " + text_of(got));
  const auto many = interleaved(log, tickets(40), 3);
  j.expect(hand_over(w, *target, many).size() == many.size(), "as many outcomes as events, whatever their number");
}

void check_delivered_is_there(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  const auto some = interleaved(log, tickets(7), 3);
  const auto got = hand_over(w, *target, some);
  j.expect(all_are(got, delivery_result::delivered), "a healthy target takes all; " + text_of(got));
  j.expect(holds_once(w, some), "the target has each event that was answered delivered");
  for (const auto& h : w.held())
    j.expect(h.idempotency_key == h.ticket_id + "/" + std::to_string(h.ticket_sequence),
             "an event arrives with its ticket, sequence and idempotency key");
}

void check_unfit_is_not_sent(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  const auto before = w.requests();
  const auto got = hand_over(w, *target, {unreadable(log.add("T1"))});
  j.expect(all_are(got, delivery_result::unfit), "bytes that are no event are unfit; " + text_of(got));
  j.expect(w.requests() == before, "nothing is sent of what is unfit");
  j.expect(w.held().empty(), "nothing is taken of what is unfit");
}

void check_refused_is_permanent(world& w, judge& j) {
  if (!w.begin({trouble_kind::refusing, "T1"}))
    return j.not_here(w.cannot(trouble_kind::refusing));
  log_of_events log;
  const auto target = opened(w, j);
  const auto got = hand_over(w, *target, {log.add("T1")});
  j.expect(all_are(got, delivery_result::permanent), "what the target refuses for good is permanent; " + text_of(got));
  j.expect(w.held().empty(), "what was refused is not there");
}

void check_text_is_safe(world& w, judge& j) {
  log_of_events log;
  const auto target = opened(w, j);
  check_texts(w, hand_over(w, *target, {log.add("T1"), unreadable(log.add("T2")), log.add("T2")}), j);
  using enum trouble_kind;
  for (const auto kind : {refusing, failing, expired, throttling, losing_answers, slow, away}) {
    if (!w.begin({kind, "T3"}))
      continue;
    check_texts(w, hand_over_in_time(w, *target, {log.add("T3"), log.add("T3")}).value_or(outcomes{}), j);
    w.end();
  }
}

} // namespace cxstream::conformance
