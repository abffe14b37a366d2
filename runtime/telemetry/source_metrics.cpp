#include "telemetry/source_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

namespace cxstream::telemetry {

namespace {

std::uint64_t whole(const prometheus::Counter& counter) {
  return static_cast<std::uint64_t>(counter.Value());
}

} // namespace

source_metrics::source_metrics(const std::vector<std::string>& sources)
    : refused_(counters(registry_, "cxstream_source_refused_records_total",
                        "Records and events of a source that became dead letters.")) {
  auto& requests = counters(registry_, "cxstream_source_requests_total", "Requests of a source, by what it was told.");
  auto& bytes = counters(registry_, "cxstream_source_received_bytes_total", "Bytes of their bodies.");
  auto& events =
      counters(registry_, "cxstream_source_events_total", "Events of a source that are durable, by what they were.");
  auto& dropped = counters(registry_, "cxstream_source_dropped_records_total",
                           "Records that a source's mapping leaves out on purpose.");
  auto& last = gauges(registry_, "cxstream_source_last_event_timestamp_seconds",
                      "When the last event of a source became durable; 0 before the first.");
  for (const auto& name : sources) {
    const auto outcome = [&](const char* what) -> prometheus::Counter& {
      return requests.Add({{"source", name}, {"outcome", what}});
    };
    const auto event = [&](const char* what) -> prometheus::Counter& {
      return events.Add({{"source", name}, {"outcome", what}});
    };
    sources_.emplace(name, std::unique_ptr<series>(new series{
                               outcome("taken"), outcome("unverified"), outcome("throttled"), outcome("unavailable"),
                               outcome("unacceptable"), bytes.Add({{"source", name}}), event("accepted"),
                               event("duplicate"), dropped.Add({{"source", name}}), last.Add({{"source", name}})}));
  }
}

prometheus::Counter& source_metrics::count_of(series& of, ports::request_outcome outcome) {
  switch (outcome) {
    case ports::request_outcome::taken:
      return of.taken;
    case ports::request_outcome::unverified:
      return of.unverified;
    case ports::request_outcome::throttled:
      return of.throttled;
    case ports::request_outcome::unavailable:
      return of.unavailable;
    case ports::request_outcome::unacceptable:
      break;
  }
  return of.unacceptable;
}

void source_metrics::request(std::string_view source, const ports::request_account& account, base::timestamp at) {
  const auto found = sources_.find(source);
  if (found == sources_.end())
    return;
  auto& of = *found->second;
  count_of(of, account.outcome).Increment();
  of.bytes.Increment(static_cast<double>(account.bytes));
  of.accepted.Increment(static_cast<double>(account.accepted));
  of.duplicates.Increment(static_cast<double>(account.duplicates));
  of.dropped.Increment(static_cast<double>(account.dropped));
  if (account.accepted + account.duplicates > 0) {
    of.last_event_us = base::to_us(at);
    of.last_event.Set(static_cast<double>(base::to_us(at)) / 1e6);
  }
}

void source_metrics::refused(std::string_view source, const std::string& reason, std::uint64_t records) {
  const auto found = sources_.find(source);
  if (found == sources_.end())
    return;
  const std::lock_guard lock(refused_mutex_);
  auto& counter = found->second->refused[reason];
  if (counter == nullptr)
    counter = &refused_.Add({{"source", found->first}, {"reason", reason}});
  counter->Increment(static_cast<double>(records));
}

void source_metrics::fill(v1::SourceStatus& status) const {
  const auto found = sources_.find(status.name());
  if (found == sources_.end())
    return;
  const auto& of = *found->second;
  status.set_requests(whole(of.taken) + whole(of.unverified) + whole(of.throttled) + whole(of.unavailable) +
                      whole(of.unacceptable));
  status.set_bytes(whole(of.bytes));
  status.set_accepted(whole(of.accepted));
  status.set_duplicates(whole(of.duplicates));
  status.set_dropped(whole(of.dropped));
  status.set_throttled(whole(of.throttled));
  status.set_unavailable(whole(of.unavailable));
  if (const auto us = of.last_event_us.load(); us != 0) {
    status.mutable_last_event_at()->set_seconds(us / 1'000'000);
    status.mutable_last_event_at()->set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1'000));
  }
  const std::lock_guard lock(refused_mutex_);
  for (const auto& [reason, counter] : of.refused)
    (*status.mutable_refused())[reason] = whole(*counter);
}

std::string source_metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

} // namespace cxstream::telemetry
