#include "transport/subscribe_stream.hpp"

#include "transport/status.hpp"
#include "transport/wire.hpp"

#include <utility>

namespace cxstream::transport {

void subscribe_stream::on_message(grpc::ByteBuffer& bytes) {
  if (bytes.Length() > most_.request_bytes_max)
    return refuse("the request has " + std::to_string(bytes.Length()) + " bytes, the most is " +
                  std::to_string(most_.request_bytes_max));
  v1::SubscribeRequest request;
  if (!parse(bytes, request))
    return refuse("the request is not a cxstream.v1.SubscribeRequest");
  handle(std::move(request));
}

void subscribe_stream::handle(v1::SubscribeRequest request) {
  std::shared_ptr<ports::subscriber_session> session;
  {
    const std::lock_guard lock(mutex_);
    session = session_;
  }
  if (request.has_start()) {
    if (session)
      return refuse("`start` was sent before: one stream is one subscription");
    return open(std::move(*request.mutable_start()));
  }
  if (!session)
    return refuse("the first request must be `start`");
  switch (request.request_case()) {
    case v1::SubscribeRequest::kAck:
      return session->ack(std::move(*request.mutable_ack()));
    case v1::SubscribeRequest::kNack:
      return session->nack(std::move(*request.mutable_nack()));
    case v1::SubscribeRequest::kSeek:
      return session->seek(std::move(*request.mutable_seek()));
    default:
      return refuse("the request is empty: set ack, nack or seek");
  }
}

void subscribe_stream::open(v1::StartSubscription start) {
  if (const auto allowed = check_(start.name()); !allowed)
    return end(to_status(allowed.err()));
  {
    const std::lock_guard lock(mutex_);
    stage_ = stage::opening;
  }
  const auto self = std::static_pointer_cast<subscribe_stream>(shared_from_this());
  gate_.open(std::move(start), self, [self](auto outcome) { self->opened(std::move(outcome)); });
}

void subscribe_stream::opened(base::result<std::shared_ptr<ports::subscriber_session>> outcome) {
  if (!outcome)
    return end(to_status(outcome.err()));
  const std::lock_guard lock(mutex_);
  if (gone_) // the consumer left meanwhile; letting go of the session disconnects it
    return;
  session_ = std::move(*outcome);
  stage_ = stage::open;
  pump();
}

void subscribe_stream::on_events(std::vector<std::string> events) {
  const auto messages = pack_events(std::move(events), most_.response_bytes_max);
  const std::lock_guard lock(mutex_);
  for (const auto& message : messages)
    flow_.push({message});
  pump();
}

void subscribe_stream::on_closed(base::error why) {
  end(to_status(why));
}

void subscribe_stream::drain() {
  const std::lock_guard lock(mutex_);
  flow_.abort(
      to_status(base::error_code::unavailable, "the node is shutting down: subscribe again, here or elsewhere"));
  pump();
}

void subscribe_stream::refuse(std::string message) {
  end(to_status(base::error_code::invalid_argument, std::move(message)));
}

void subscribe_stream::on_half_close() {
  flow_.end(grpc::Status::OK);
}

void subscribe_stream::on_gone() {
  std::shared_ptr<ports::subscriber_session> session;
  const std::lock_guard lock(mutex_);
  gone_ = true;
  session.swap(session_);
}

void subscribe_stream::decide() {
  flow_.want_read(stage_ != stage::opening);
}

} // namespace cxstream::transport
