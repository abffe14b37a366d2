#include "telemetry/source_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cctype>

namespace cxstream::telemetry {

namespace {

std::uint64_t whole(const prometheus::Counter& counter) {
  return static_cast<std::uint64_t>(counter.Value());
}

// "new_field" of DRIFT_NEW_FIELD.
std::string label_of(v1::DriftKind kind) {
  auto name = v1::DriftKind_Name(kind).substr(std::string_view("DRIFT_").size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return name;
}

void set_time(google::protobuf::Timestamp& out, std::int64_t us) {
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1'000));
}

} // namespace

source_metrics::source_metrics(const std::vector<std::string>& sources)
    : unknown_(counters(registry_, "cxstream_source_unknown_requests_total", "Requests to a source that there is not.")
                   .Add({})),
      refused_(counters(registry_, "cxstream_source_refused_records_total",
                        "Records of a source that made no event, or one that was refused.")) {
  auto& requests = counters(registry_, "cxstream_source_requests_total", "Requests of a source, by what it was told.");
  auto& bytes = counters(registry_, "cxstream_source_received_bytes_total", "Bytes of their bodies.");
  auto& events =
      counters(registry_, "cxstream_source_events_total", "Events of a source that are durable, by what they were.");
  auto& dropped = counters(registry_, "cxstream_source_dropped_records_total",
                           "Records that a source's mapping leaves out on purpose.");
  auto& last = gauges(registry_, "cxstream_source_last_event_timestamp_seconds",
                      "When the last event of a source became durable; 0 before the first.");
  auto& drift = counters(registry_, "cxstream_source_drift_total",
                         "Changes of a source's payloads, each counted once; payloads that break its JSON Schema.");
  auto& polled = counters(registry_, "cxstream_source_polled_records_total", "Records that a source's poller read.");
  auto& known = counters(registry_, "cxstream_source_known_records_total",
                         "Polled records that said nothing which their ticket did not know.");
  auto& filled = counters(registry_, "cxstream_source_filled_in_events_total",
                          "Events of polled records that no webhook had brought.");
  auto& last_poll = gauges(registry_, "cxstream_source_last_poll_timestamp_seconds",
                           "When a source's poller last got a good answer; 0 before the first.");
  auto& failing =
      gauges(registry_, "cxstream_source_poll_failing", "1 while a source's poller does not get on, else 0.");
  using outcome = ports::source_outcome;
  for (const auto& name : sources) {
    std::vector<prometheus::Counter*> told;
    for (const auto what : {outcome::taken, outcome::quarantined, outcome::unauthorized, outcome::limited,
                            outcome::failed, outcome::unknown, outcome::removed, outcome::refused})
      told.push_back(&requests.Add({{"source", name}, {"outcome", std::string(ports::name_of(what))}}));
    std::vector<prometheus::Counter*> drifts{nullptr};
    for (int kind = v1::DRIFT_NEW_FIELD; kind <= v1::DriftKind_MAX; ++kind)
      drifts.push_back(&drift.Add({{"source", name}, {"kind", label_of(static_cast<v1::DriftKind>(kind))}}));
    sources_.emplace(
        name, std::unique_ptr<series>(new series{std::move(told), bytes.Add({{"source", name}}),
                                                 events.Add({{"source", name}, {"outcome", "accepted"}}),
                                                 events.Add({{"source", name}, {"outcome", "duplicate"}}),
                                                 dropped.Add({{"source", name}}), last.Add({{"source", name}}),
                                                 std::move(drifts), polled.Add({{"source", name}}),
                                                 known.Add({{"source", name}}), filled.Add({{"source", name}}),
                                                 last_poll.Add({{"source", name}}), failing.Add({{"source", name}})}));
  }
}

source_metrics::series* source_metrics::find(std::string_view source) const {
  const auto found = sources_.find(source);
  return found == sources_.end() ? nullptr : found->second.get();
}

void source_metrics::request(std::string_view source, ports::source_outcome outcome, std::uint64_t body_bytes) {
  auto* of = find(source);
  if (of == nullptr) {
    unknown_.Increment();
    return;
  }
  of->requests[static_cast<std::size_t>(outcome)]->Increment();
  of->bytes.Increment(static_cast<double>(body_bytes));
}

void source_metrics::dropped(std::string_view source, std::uint64_t records) {
  if (auto* of = find(source))
    of->dropped.Increment(static_cast<double>(records));
}

void source_metrics::decided(std::string_view source, std::uint64_t accepted, std::uint64_t duplicates,
                             base::timestamp at) {
  auto* of = find(source);
  if (of == nullptr || accepted + duplicates == 0)
    return;
  of->accepted.Increment(static_cast<double>(accepted));
  of->duplicates.Increment(static_cast<double>(duplicates));
  of->last_event_us = base::to_us(at);
  of->last_event.Set(static_cast<double>(base::to_us(at)) / 1e6);
}

void source_metrics::refused(std::string_view source, v1::RejectReason reason) {
  auto* of = find(source);
  if (of == nullptr)
    return;
  const std::lock_guard lock(refused_mutex_);
  auto*& counter = of->refused[reason];
  if (counter == nullptr)
    counter = &refused_.Add({{"source", std::string(source)}, {"reason", v1::RejectReason_Name(reason)}});
  counter->Increment();
}

void source_metrics::drifted(const std::string& source, v1::DriftKind kind) {
  auto* of = find(source);
  const auto at = static_cast<std::size_t>(kind);
  if (of != nullptr && at < of->drifts.size() && of->drifts[at] != nullptr)
    of->drifts[at]->Increment();
}

void source_metrics::polled(std::string_view source, std::uint64_t records, std::uint64_t known,
                            std::uint64_t filled_in) {
  auto* of = find(source);
  if (of == nullptr)
    return;
  of->polled.Increment(static_cast<double>(records));
  of->known.Increment(static_cast<double>(known));
  of->filled_in.Increment(static_cast<double>(filled_in));
}

void source_metrics::poll_state(std::string_view source, v1::PollState state, std::string_view why) {
  auto* of = find(source);
  if (of == nullptr)
    return;
  const std::lock_guard lock(poll_mutex_);
  of->poll_state = state;
  of->poll_error = why;
  of->poll_failing.Set(state == v1::POLL_FAILING ? 1 : 0);
}

void source_metrics::poll_answered(std::string_view source, base::timestamp at) {
  auto* of = find(source);
  if (of == nullptr)
    return;
  of->last_poll_us = base::to_us(at);
  of->last_poll.Set(static_cast<double>(base::to_us(at)) / 1e6);
}

void source_metrics::fill_poll(const series& of, v1::SourceStatus& status) const {
  status.set_polled(whole(of.polled));
  status.set_known(whole(of.known));
  status.set_filled_in(whole(of.filled_in));
  if (const auto us = of.last_poll_us.load(); us != 0)
    set_time(*status.mutable_last_poll_at(), us);
  const std::lock_guard lock(poll_mutex_);
  status.set_poll_state(of.poll_state);
  status.set_poll_error(of.poll_error);
}

void source_metrics::fill(v1::SourceStatus& status) const {
  const auto* found = find(status.name());
  if (found == nullptr)
    return;
  const auto& of = *found;
  const auto told = [&](ports::source_outcome outcome) {
    return whole(*of.requests[static_cast<std::size_t>(outcome)]);
  };
  std::uint64_t requests = 0;
  for (const auto* counter : of.requests)
    requests += whole(*counter);
  status.set_requests(requests);
  status.set_bytes(whole(of.bytes));
  status.set_accepted(whole(of.accepted));
  status.set_duplicates(whole(of.duplicates));
  status.set_dropped(whole(of.dropped));
  status.set_throttled(told(ports::source_outcome::limited));
  status.set_unavailable(told(ports::source_outcome::failed));
  if (const auto us = of.last_event_us.load(); us != 0) {
    set_time(*status.mutable_last_event_at(), us);
  }
  fill_poll(of, status);
  const std::lock_guard lock(refused_mutex_);
  for (const auto& [reason, counter] : of.refused)
    (*status.mutable_refused())[v1::RejectReason_Name(reason)] = whole(*counter);
}

std::string source_metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

} // namespace cxstream::telemetry
