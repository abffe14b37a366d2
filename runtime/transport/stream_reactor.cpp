#include "transport/stream_reactor.hpp"

#include "transport/call_guard.hpp"
#include "transport/live_streams.hpp"

#include <utility>

namespace cxstream::transport {
stream_reactor::base_reactor* stream_reactor::refused(const base::error& why) {
  return new refused_stream<base_reactor>(why);
}

stream_reactor::base_reactor* stream_reactor::launch(std::shared_ptr<stream_reactor> stream, live_streams& live) {
  if (const auto admitted = live.admit(stream); !admitted)
    return refused(admitted.err());
  stream_reactor* raw = stream.get();
  raw->live_ = &live;
  raw->self_ = std::move(stream);
  raw->on_start();
  const std::lock_guard lock(raw->mutex_);
  raw->pump();
  return raw;
}

void stream_reactor::end(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  flow_.end(std::move(status));
  pump();
}

void stream_reactor::pump() {
  decide();
  if (flow_.next_read())
    StartRead(&incoming_);
  if (const outgoing* message = flow_.next_write()) {
    // With more behind it, gRPC may wait and put several into one write to the socket.
    grpc::WriteOptions options;
    if (flow_.more_to_write())
      options.set_buffer_hint();
    StartWrite(&message->bytes, options);
  }
  if (const auto status = flow_.next_finish())
    Finish(*status);
}

void stream_reactor::OnReadDone(bool ok) {
  grpc::ByteBuffer bytes;
  bytes.Swap(&incoming_);
  bool wanted = ok;
  if (ok) {
    const std::lock_guard lock(mutex_);
    wanted = !flow_.ending();
  }
  if (wanted)
    on_message(bytes);
  const std::lock_guard lock(mutex_);
  flow_.read_done(ok);
  if (!ok)
    on_half_close();
  pump();
}

void stream_reactor::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    const outgoing message = flow_.write_done();
    if (ok)
      on_written(message);
    else
      flow_.abort(grpc::Status::CANCELLED);
    pump();
  }
  after_written();
}

void stream_reactor::OnCancel() {
  const std::lock_guard lock(mutex_);
  flow_.abort(grpc::Status::CANCELLED);
  pump();
}

void stream_reactor::OnDone() {
  const auto self = std::move(self_);
  live_->forget(this);
  on_gone();
}

} // namespace cxstream::transport
