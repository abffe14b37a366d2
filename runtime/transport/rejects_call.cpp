#include "transport/rejects_call.hpp"

#include "transport/status.hpp"
#include "transport/sure_reply.hpp"

#include <utility>

namespace cxstream::transport {

rejects_call* rejects_call::start(ports::import_desk& desk, std::string id) {
  auto call = std::make_shared<rejects_call>(desk, std::move(id));
  call->self_ = call;
  call->ask();
  return call.get();
}

void rejects_call::ask() {
  desk_.read_rejects(id_, next_, sure_reply<ports::rejects_piece>([self = shared_from_this()](auto piece) {
                       self->on_piece(std::move(piece));
                     }));
}

void rejects_call::on_piece(base::result<ports::rejects_piece> piece) {
  const std::lock_guard lock(mutex_);
  if (finished_)
    return;
  if (!piece)
    return finish(to_status(piece.err()));
  next_ = piece->next;
  if (piece->ndjson.empty())
    return finish(grpc::Status::OK);
  outgoing_.set_ndjson(std::move(piece->ndjson));
  writing_ = true;
  StartWrite(&outgoing_);
}

void rejects_call::finish(const grpc::Status& status) {
  finished_ = true;
  Finish(status);
}

void rejects_call::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (finished_)
      return;
    if (!ok)
      return finish(grpc::Status::CANCELLED);
    if (next_ == 0)
      return finish(grpc::Status::OK);
  }
  ask();
}

void rejects_call::OnCancel() {
  const std::lock_guard lock(mutex_);
  if (!finished_ && !writing_) // a write under way fails now and finishes the call
    finish(grpc::Status::CANCELLED);
}

void rejects_call::OnDone() {
  const auto self = std::move(self_);
}

} // namespace cxstream::transport
