#include "transport/http/events_endpoint.hpp"

#include "transport/http/event_document.hpp"
#include "transport/http/events_answer.hpp"
#include "transport/http/ingest_line.hpp"
#include "transport/http/refusal_letter.hpp"
#include "transport/http/source_answer.hpp"

#include <utility>

namespace cxstream::transport {

void events_endpoint::handle(http_request request, std::shared_ptr<http_exchange> exchange) {
  const auto& from = request.payload;
  const auto allowed = guard_.check(from, ports::permission::ingest);
  if (!allowed)
    return exchange->answer(refused_caller(allowed.err()));
  const auto form = form_of(from);
  if (form == event_form::unknown)
    return exchange->answer(
        http_error(415, "unsupported_media_type",
                   "'" + std::string(ports::header_value(from, "content-type")) +
                       "' is not read here: send application/json, application/x-ndjson, application/cloudevents+json, "
                       "application/cloudevents-batch+json, or a CloudEvent with ce- headers"));
  auto read = read_event_document(form, from, records_max_);
  if (read.too_many)
    return exchange->answer(
        http_error(413, "too_many_events",
                   "the body has more than " + std::to_string(records_max_) + " events: send them in parts"));
  v1::RawPublishRequest batch;
  std::vector<ports::payload_refusal> refused;
  std::vector<record_kind> kinds;
  kinds.reserve(read.records.size());
  for (auto& record : read.records) {
    if (auto* event = std::get_if<std::string>(&record)) {
      batch.add_events(std::move(*event));
      kinds.push_back(record_kind::event);
    } else {
      refused.push_back(std::move(std::get<ports::payload_refusal>(record)));
      kinds.push_back(record_kind::refusal);
    }
  }
  if (kinds.empty())
    return exchange->answer(events_answer({}, kinds));
  auto letters = refusal_letters({door, ""}, from, refused);
  ingest_line::of(*exchange, gate_, {from.peer, allowed->sources})
      ->submit(std::move(batch), std::move(letters),
               [exchange, kinds = std::move(kinds), unreadable = read.unreadable](const auto& outcome) {
                 if (!outcome)
                   exchange->answer(not_taken(outcome.err().message));
                 else
                   exchange->answer(unreadable ? unreadable_answer(*outcome) : events_answer(*outcome, kinds));
               });
}

} // namespace cxstream::transport
