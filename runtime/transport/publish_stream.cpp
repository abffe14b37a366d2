#include "transport/publish_stream.hpp"

#include "transport/status.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::transport {

publish_stream::publish_stream(ports::ingest_gate& gate, intake_budget& budget, batch_limits batch,
                               std::uint64_t stream_bytes_max, ports::ingest_client client)
    : gate_(gate), budget_(budget), batch_(batch), client_(std::move(client)),
      window_({std::max<std::uint64_t>(gate.credit_events(), 1), stream_bytes_max}) {
}

void publish_stream::on_start() {
  session_ = gate_.open(std::static_pointer_cast<publish_stream>(shared_from_this()), client_);
  if (!session_)
    end(to_status(base::error_code::unavailable, "the node takes no events now: try later"));
}

void publish_stream::on_message(grpc::ByteBuffer& bytes) {
  const std::uint64_t size = bytes.Length();
  auto read = read_batch(bytes, batch_);
  if (auto* batch = std::get_if<v1::RawPublishRequest>(&read)) {
    if (take(batch->batch_id(), static_cast<std::uint64_t>(batch->events_size()), size))
      session_->submit(std::move(*batch));
  } else if (auto* oversized = std::get_if<oversized_batch>(&read)) {
    end(to_status(base::error_code::invalid_argument, std::move(oversized->message)));
  } else if (take(0, 1, size)) {
    session_->submit_malformed(flat(bytes));
  }
}

bool publish_stream::take(std::uint64_t batch_id, std::uint64_t events, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (flow_.ending() || draining_)
    return false;
  window_.taken(batch_id, events, bytes);
  budget_.take(bytes);
  return true;
}

void publish_stream::on_answer(v1::PublishResponse answer) {
  outgoing message{serialize(answer), answer.batch_id(), static_cast<std::uint64_t>(answer.results_size())};
  const std::lock_guard lock(mutex_);
  flow_.push(std::move(message));
  pump();
}

void publish_stream::on_failed(base::error why) {
  end(to_status(why));
}

void publish_stream::wake() {
  const std::lock_guard lock(mutex_);
  waiting_ = false;
  pump();
}

void publish_stream::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  pump();
}

void publish_stream::on_half_close() {
  half_closed_ = true;
}

void publish_stream::on_written(const outgoing& message) {
  released_bytes_ += window_.answered(message.batch_id, message.events);
}

void publish_stream::after_written() {
  std::uint64_t bytes = 0;
  {
    const std::lock_guard lock(mutex_);
    bytes = std::exchange(released_bytes_, 0);
  }
  if (bytes > 0) // waking other streams takes their locks, so never under this one's
    budget_.give(bytes);
}

void publish_stream::on_gone() {
  session_.reset();
  std::uint64_t bytes = 0;
  {
    const std::lock_guard lock(mutex_);
    bytes = window_.clear() + std::exchange(released_bytes_, 0);
  }
  if (bytes > 0)
    budget_.give(bytes);
}

void publish_stream::decide() {
  if (half_closed_ && window_.empty())
    flow_.end(grpc::Status::OK);
  else if (draining_ && window_.empty())
    flow_.end(to_status(base::error_code::unavailable,
                        "the node is shutting down: send what was not answered again, here or elsewhere"));
  bool has_room = !draining_ && !half_closed_ && !waiting_ && !flow_.ending() && window_.open();
  if (has_room && !budget_.open_or_wait(std::static_pointer_cast<publish_stream>(shared_from_this()))) {
    waiting_ = true;
    has_room = false;
  }
  flow_.want_read(has_room);
}

} // namespace cxstream::transport
