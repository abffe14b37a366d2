#include "transport/http/source_endpoint.hpp"

#include "transport/http/ingest_line.hpp"
#include "transport/http/refusal_letter.hpp"
#include "transport/http/source_answer.hpp"

#include <utility>

namespace cxstream::transport {

struct source_endpoint::served {
  served(std::string n, http_source s, const source_limits& limits, base::timestamp now)
      : name(std::move(n)), source(std::move(s)), rate(source.rate, now),
        unsigned_letters({limits.unsigned_letters_per_minute / 60.0, limits.unsigned_letters_per_minute, 0, 0}, now) {
  }
  base::duration wait(base::timestamp now) {
    const std::lock_guard lock(mutex);
    return rate.wait(now);
  }
  void spend(base::timestamp now, std::uint64_t events, std::uint64_t bytes) {
    const std::lock_guard lock(mutex);
    rate.spend(now, events, bytes);
  }
  // True for as many unsigned payloads as may be kept.
  bool keeps_unsigned(base::timestamp now) {
    const std::lock_guard lock(mutex);
    if (unsigned_letters.wait(now) > base::duration::zero())
      return false;
    unsigned_letters.spend(now, 1, 0);
    return true;
  }
  letter_origin origin() const {
    return {name, source.source_system, source.reader.get()};
  }

  const std::string name;
  const http_source source;
  std::mutex mutex;
  protocols::rate_limit rate;
  protocols::rate_limit unsigned_letters;
};

struct source_endpoint::book {
  std::map<std::string, std::shared_ptr<served>, std::less<>> sources;
  std::set<std::string, std::less<>> removed;
};

source_endpoint::source_endpoint(const source_services& services, source_table table, source_limits limits)
    : services_(services), limits_(limits) {
  replace(std::move(table));
}

source_endpoint::~source_endpoint() = default;

void source_endpoint::replace(source_table table) {
  auto made = std::make_shared<book>();
  made->removed = std::move(table.removed);
  const auto now = services_.clock.now();
  for (auto& [name, source] : table.sources)
    made->sources.emplace(name, std::make_shared<served>(name, std::move(source), limits_, now));
  const std::lock_guard lock(mutex_);
  book_ = std::move(made);
}

std::shared_ptr<const source_endpoint::book> source_endpoint::current() const {
  const std::lock_guard lock(mutex_);
  return book_;
}

void source_endpoint::handle(http_request request, std::shared_ptr<http_exchange> exchange) {
  const auto known = current();
  const auto found = known->sources.find(request.captured);
  if (found == known->sources.end()) {
    const bool removed = known->removed.contains(request.captured);
    services_.meter.request(removed ? request.captured : std::string(),
                            removed ? ports::source_outcome::removed : ports::source_outcome::unknown,
                            request.payload.body.size());
    if (removed)
      return exchange->answer(http_error(410, "source_removed",
                                         "the source '" + request.captured + "' is gone for good: stop sending to it"));
    return exchange->answer(http_error(404, "unknown_source",
                                       "no source is named '" + request.captured +
                                           "': compare the URL with the sources in the configuration"));
  }
  const std::shared_ptr<served> source = found->second;
  const auto now = services_.clock.now();
  if (const auto wait = source->wait(now); wait > base::duration::zero()) {
    services_.meter.request(source->name, ports::source_outcome::limited, request.payload.body.size());
    return exchange->answer(http_error_later(
        429, "too_many", "the source '" + source->name + "' sends more than its configured rate: try again later",
        wait));
  }
  const auto& from = request.payload;
  auto read = source->source.reader->read(from, now);
  if (read.refused.size() == 1 && read.refused.front().reason == v1::BAD_SIGNATURE)
    return refuse_signature(source, from, std::move(read), exchange);
  const std::size_t records = read.events.size() + read.dropped.size() + read.refused.size();
  if (records > limits_.records_max) {
    read = {};
    read.refused.push_back({v1::TOO_LARGE, "",
                            "the payload has " + std::to_string(records) + " records, the most is " +
                                std::to_string(limits_.records_max) + ": send smaller ones",
                            ""});
  }
  source->spend(now, std::max<std::size_t>(records, 1), from.body.size());
  for (const auto& refusal : read.refused)
    services_.meter.refused(source->name, refusal.reason);
  if (!read.dropped.empty())
    services_.meter.dropped(source->name, read.dropped.size());
  if (!read.events.empty() || !read.refused.empty())
    return submit(source, from, std::move(read), exchange);
  services_.meter.request(source->name, ports::source_outcome::taken, from.body.size());
  exchange->answer(source_answer({}, read.dropped.size()));
}

void source_endpoint::refuse_signature(const std::shared_ptr<served>& source, const ports::payload& from,
                                       ports::read_payload read, const std::shared_ptr<http_exchange>& exchange) {
  const auto& refusal = read.refused.front();
  services_.meter.request(source->name, ports::source_outcome::unauthorized, from.body.size());
  services_.meter.refused(source->name, v1::BAD_SIGNATURE);
  services_.log.warn_sparsely("bad signature " + source->name, std::chrono::seconds{60},
                              "a payload was refused: its signature or credentials are wrong",
                              {{"source", source->name}, {"peer", from.peer}, {"why", refusal.message}});
  auto response = http_error(401, "bad_signature", refusal.message);
  if (!source->keeps_unsigned(services_.clock.now()))
    return exchange->answer(std::move(response));
  // Whether its letter could be kept changes nothing for who sent it.
  ingest_line::of(*exchange, services_.gate, {from.peer, {}})
      ->submit(
          {}, refusal_letters(source->origin(), from, read.refused),
          [exchange, response = std::move(response)](const auto&) mutable { exchange->answer(std::move(response)); });
}

void source_endpoint::submit(const std::shared_ptr<served>& source, const ports::payload& from,
                             ports::read_payload read, const std::shared_ptr<http_exchange>& exchange) {
  v1::RawPublishRequest batch;
  batch.mutable_events()->Reserve(static_cast<int>(read.events.size()));
  for (auto& event : read.events)
    batch.add_events(std::move(event));
  auto letters = refusal_letters(source->origin(), from, read.refused);
  ingest_line::of(*exchange, services_.gate, {from.peer, {}})
      ->submit(std::move(batch), std::move(letters),
               [services = services_, source, exchange, events = static_cast<int>(read.events.size()),
                dropped = read.dropped.size(), bytes = from.body.size()](auto outcome) {
                 if (!outcome) {
                   services.meter.request(source->name, ports::source_outcome::failed, bytes);
                   return exchange->answer(not_taken(outcome.err().message));
                 }
                 for (int i = 0; i < events && i < outcome->results_size(); ++i) // the reader's refusals are counted
                   if (outcome->results(i).reason() != v1::REJECT_REASON_UNSPECIFIED)
                     services.meter.refused(source->name, outcome->results(i).reason());
                 const auto counts = count(*outcome);
                 services.meter.decided(source->name, counts.accepted, counts.duplicate, services.clock.now());
                 services.meter.request(
                     source->name,
                     counts.rejected > 0 ? ports::source_outcome::quarantined : ports::source_outcome::taken, bytes);
                 exchange->answer(source_answer(*outcome, dropped));
               });
}

} // namespace cxstream::transport
