#include "connectors/kafka/kafka_target.hpp"

#include "connectors/kafka/report_outcome.hpp"
#include "connectors/rounds.hpp"

#include <algorithm>
#include <librdkafka/rdkafka.h>
#include <numeric>

namespace cxstream::connectors {

using ports::delivery_result;
using namespace std::chrono_literals;

namespace {

// The library looks for records that are over time once a second.
constexpr std::chrono::milliseconds grace = 2s;

// In a transaction that was undone; no report of the library's.
constexpr int aborted = RD_KAFKA_RESP_ERR__PURGE_QUEUE;

bool is_dropped(int error) {
  return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

std::vector<std::size_t> every_place(std::size_t n) {
  std::vector<std::size_t> out(n);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

} // namespace

kafka_target::kafka_target(kafka_sink_settings settings, event_body body)
    : settings_(std::move(settings)), body_(std::move(body)) {
}

base::result<void> kafka_target::open() {
  if (producer_ && !producer_->is_broken())
    return {};
  if (producer_)
    settings_.password.suspect(); // it may be what broke the producer
  producer_.reset();
  auto password = settings_.password.value();
  if (!password)
    return base::error{base::error_code::unavailable, password.err().message};
  settings_.producer.password = *std::move(password);
  auto made = kafka_producer::make(settings_.producer);
  if (!made)
    return made.err();
  producer_ = std::move(*made);
  return {};
}

base::result<std::vector<ports::target_position>> kafka_target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<ports::delivery_outcome> kafka_target::deliver(events all, base::timestamp now) {
  outcomes out(all);
  ending over;
  if (const auto ready = open(); !ready)
    over = failed(delivery_result::unreachable, ready.err().message);
  states_.assign(all.size(), {});
  const bool in_transactions = !settings_.producer.transactional_id.empty();
  for (const auto& round : in_transactions ? std::vector<places>{every_place(all.size())} : rounds_of(all)) {
    if (!over)
      over = in_transactions ? send_transaction(all, round, now, out) : send_round(all, round, now, out);
    if (over)
      for (const auto i : round)
        if (out.delivered(i) && !states_[i].is_stored() && !out.skips(i))
          out.set(i, *over);
  }
  first_number_ += all.size();
  return std::move(out).take();
}

void kafka_target::close() {
  producer_.reset();
}

// What is refused together is sent again in halves, until the record that the broker minds is alone.
kafka_target::ending kafka_target::send_round(events all, const places& round, base::timestamp now, outcomes& out) {
  if (!send(all, round, now, out))
    return given_up("the producer cannot go on");
  for (const auto i : round)
    if (const auto& s = states_[i]; s.sent && s.error != 0)
      if (const auto result = result_of_report(s.error, any_stored()); result != delivery_result::permanent)
        out.set(i, failed(result, reason_of(s.error)));
  const auto minded = refused(round);
  if (minded.size() == 1)
    out.set(minded[0], failed(delivery_result::permanent, reason_of(states_[minded[0]].error)));
  const auto failure = first_failure(round);
  if (failure && failure->result != delivery_result::transient) {
    for (const auto i : minded)
      if (minded.size() > 1)
        out.set(i, *failure);
    return failure;
  }
  if (minded.size() < 2)
    return std::nullopt;
  const auto middle = minded.begin() + static_cast<std::ptrdiff_t>(minded.size() / 2);
  const places halves[] = {{minded.begin(), middle}, {middle, minded.end()}};
  ending over;
  for (const auto& half : halves) {
    if (!over)
      over = send_round(all, half, now, out);
    else
      for (const auto i : half)
        out.set(i, *over);
  }
  return over;
}

// All of `which` or nothing; what is refused is left out as soon as it is known, by halves.
kafka_target::ending kafka_target::send_transaction(events all, places which, base::timestamp now, outcomes& out) {
  for (;;) {
    std::erase_if(which, [&](std::size_t i) { return !out.delivered(i) || out.skips(i); });
    if (which.empty())
      return std::nullopt;
    if (const auto begun = producer_->begin(); !begun)
      return given_up(begun.err().message);
    const bool whole = send(all, which, now, out);
    // A gap in the sequence is how the library sees a refused record when others follow it.
    const bool gap = whole && note_why_dropped(which) == RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    const auto minded = refused(which);
    const auto failure = first_failure(which);
    if (whole && !failure && minded.empty()) {
      const auto done = producer_->commit(settings_.producer.timeout);
      return done ? ending() : given_up(done.err().message);
    }
    for (const auto i : which)
      states_[i] = {
          .sent = states_[i].sent, .reported = true, .error = states_[i].error != 0 ? states_[i].error : aborted};
    const auto undone = producer_->abort(settings_.producer.timeout);
    if (!undone || !whole)
      return given_up(undone ? "the producer cannot go on" : undone.err().message);
    if (failure && !(gap && which.size() > 1))
      return failure;
    if (minded.size() == 1) {
      out.set(minded[0], failed(delivery_result::permanent, reason_of(states_[minded[0]].error)));
      continue;
    }
    const auto middle = which.begin() + static_cast<std::ptrdiff_t>(which.size() / 2);
    if (auto over = send_transaction(all, {which.begin(), middle}, now, out))
      return over;
    which.erase(which.begin(), middle);
  }
}

bool kafka_target::send(events all, const places& which, base::timestamp now, outcomes& out) {
  bool whole = true;
  for (const auto i : which) {
    states_[i] = {};
    if (out.skips(i))
      continue;
    auto end = whole ? produce(all[i], i, now, out) : produce_end::broken;
    if (end == produce_end::queue_full) {
      (void)producer_->collect(settings_.producer.timeout);
      end = produce(all[i], i, now, out);
    }
    whole = whole && end != produce_end::broken;
    if (end == produce_end::queue_full || end == produce_end::broken)
      out.set(i, end == produce_end::broken
                     ? failed(delivery_result::unreachable, "Kafka: " + producer_->complaint())
                     : failed(delivery_result::throttled, "Kafka: the queue of records under way is full"));
  }
  const bool settled = producer_->collect(settings_.producer.timeout + grace);
  note_reports();
  if (settled)
    return whole && !producer_->is_broken();
  for (const auto i : which)
    if (states_[i].sent && !states_[i].reported)
      out.set(i, failed(delivery_result::unreachable, "Kafka did not answer in time"));
  return false;
}

produce_end kafka_target::produce(const ports::delivery& event, std::size_t i, base::timestamp now, outcomes& out) {
  text_.clear();
  if (!body_.append(event, now, text_)) {
    out.set(i, failed(delivery_result::unfit, not_an_event));
    return produce_end::taken;
  }
  auto headers = message_headers(body_.event());
  headers.push_back({"content-type", std::string(body_.content_type())});
  const auto end = producer_->produce(body_.event().ticket_id(), headers, text_, first_number_ + i);
  if (end == produce_end::too_large)
    out.set(i, failed(delivery_result::unfit, "the record is larger than message_bytes_max"));
  if (end == produce_end::taken)
    states_[i] = {.sent = true};
  return end;
}

void kafka_target::note_reports() {
  for (const auto& r : producer_->take_reports())
    if (r.number >= first_number_ && r.number - first_number_ < states_.size())
      states_[r.number - first_number_] = {.sent = true, .reported = true, .error = r.error};
}

kafka_target::places kafka_target::refused(const places& which) const {
  places out;
  for (const auto i : which)
    if (states_[i].sent && states_[i].error != 0 &&
        result_of_report(states_[i].error, true) == delivery_result::permanent)
      out.push_back(i);
  return out;
}

// When a record ends a transaction, the library drops all of it and tells the reason to whoever would commit.
int kafka_target::note_why_dropped(const places& which) {
  if (std::ranges::none_of(which, [&](std::size_t i) { return is_dropped(states_[i].error); }))
    return 0;
  const auto why = producer_->why_not_committed(settings_.producer.timeout);
  for (const auto i : which)
    if (is_dropped(states_[i].error))
      states_[i].error = why;
  return why;
}

kafka_target::ending kafka_target::first_failure(const places& which) const {
  for (const auto i : which) {
    const auto& s = states_[i];
    if (s.sent && s.error != 0 && result_of_report(s.error, true) != delivery_result::permanent)
      return failed(result_of_report(s.error, any_stored()), reason_of(s.error));
  }
  return std::nullopt;
}

bool kafka_target::any_stored() const {
  return std::ranges::any_of(states_, [](const state& s) { return s.is_stored(); });
}

std::string kafka_target::reason_of(int error) const {
  auto out = kafka_error_text(error);
  if (const auto complaint = producer_->complaint(); !complaint.empty())
    out.append("; ").append(complaint);
  return out;
}

// About the producer, not about an event: another one will be made.
ports::delivery_outcome kafka_target::given_up(std::string_view why) {
  auto out = failed(delivery_result::unreachable, why);
  producer_.reset();
  return out;
}

} // namespace cxstream::connectors
