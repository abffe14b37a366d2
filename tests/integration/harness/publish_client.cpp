#include "integration/harness/publish_client.hpp"

#include "integration/harness/node_process.hpp"

#include "cxstream/v1/ingest.grpc.pb.h"

#include <algorithm>

namespace cxstream::integration {

namespace {

constexpr std::size_t batches_in_flight_max = 4;
constexpr auto stream_patience = 60s;

} // namespace

void publish_client::publish(const std::shared_ptr<grpc::Channel>& channel, const batch_source& source) {
  const auto stub = v1::IngestService::NewStub(channel);
  const auto context = within(stream_patience);
  const auto stream = stub->Publish(context.get());
  std::size_t sent = 0; // the first so many of the unanswered ones, on this stream
  bool more = true;
  v1::PublishResponse answer;
  const auto send = [&] {
    while (sent < batches_in_flight_max && (more || sent < unanswered_.size())) {
      if (sent == unanswered_.size()) {
        auto batch = source();
        more = batch.has_value();
        if (!more)
          break;
        auto& request = unanswered_.emplace_back();
        request.set_batch_id(next_batch_id_++);
        request.mutable_events()->Add(batch->begin(), batch->end());
      }
      if (!stream->Write(unanswered_[sent]))
        return false;
      ++sent;
    }
    return true;
  };
  while (send() && sent > 0 && stream->Read(&answer))
    sent -= settle(answer);
  stream->WritesDone();
  while (stream->Read(&answer)) {
  }
  status_ = stream->Finish();
}

std::size_t publish_client::settle(const v1::PublishResponse& answer) {
  const auto request = std::find_if(unanswered_.begin(), unanswered_.end(),
                                    [&](const v1::PublishRequest& r) { return r.batch_id() == answer.batch_id(); });
  if (request == unanswered_.end() || answer.results_size() != request->events_size()) {
    contradictions_.push_back("no batch fits this answer: " + answer.ShortDebugString());
    return 0;
  }
  for (int i = 0; i < request->events_size(); ++i)
    take(request->events(i), answer.results(i));
  unanswered_.erase(request);
  return 1;
}

void publish_client::take(const v1::CanonicalEvent& event, const v1::EventResult& result) {
  if (result.outcome() != v1::ACCEPTED && result.outcome() != v1::DUPLICATE) {
    contradictions_.push_back(event.idempotency_key() + " was answered " + result.ShortDebugString());
    return;
  }
  duplicates_ += result.outcome() == v1::DUPLICATE ? 1 : 0;
  const auto [known, is_new] =
      acked_.try_emplace({event.ticket_id(), event.idempotency_key()}, acked_event{event, result});
  if (is_new)
    return;
  if (result.outcome() != v1::DUPLICATE || result.ticket_sequence() != known->second.result.ticket_sequence())
    contradictions_.push_back(event.idempotency_key() + " was " + known->second.result.ShortDebugString() +
                              " and then " + result.ShortDebugString());
}

} // namespace cxstream::integration
