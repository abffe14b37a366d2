#include "transport/watch_call.hpp"

#include "transport/status.hpp"

#include <chrono>
#include <utility>

namespace cxstream::transport {

namespace {

constexpr std::chrono::milliseconds look_every{250};

bool runs_no_more(v1::ImportState state) {
  return state != v1::IMPORT_QUEUED && state != v1::IMPORT_RUNNING;
}

} // namespace

watch_call* watch_call::start(const ports::import_desk& desk, std::string id, const std::atomic<bool>& closing) {
  auto call = std::make_shared<watch_call>(desk, std::move(id), closing);
  call->self_ = call;
  call->look();
  return call.get();
}

void watch_call::look() {
  const std::lock_guard lock(mutex_);
  if (finished_) // the desk may be gone
    return;
  auto job = desk_.find(id_);
  if (!job)
    return finish(to_status(job.err()));
  if (closing_)
    return finish(
        to_status(base::error_code::unavailable, "the node is shutting down: the job goes on when it is back"));
  auto seen = job->SerializeAsString();
  if (!told_.empty() && seen == told_)
    return look_later();
  told_ = std::move(seen);
  *outgoing_.mutable_job() = *std::move(job);
  writing_ = true;
  StartWrite(&outgoing_);
}

// An alarm keeps what it calls until it goes itself: it must not keep the call that it is part of.
void watch_call::look_later() {
  alarm_.Set(std::chrono::system_clock::now() + look_every, [call = weak_from_this()](bool) {
    if (const auto self = call.lock())
      self->look();
  });
}

void watch_call::finish(const grpc::Status& status) {
  finished_ = true;
  Finish(status);
}

void watch_call::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (finished_)
    return;
  if (!ok)
    finish(grpc::Status::CANCELLED);
  else if (runs_no_more(outgoing_.job().state()))
    finish(grpc::Status::OK);
  else
    look_later();
}

void watch_call::OnCancel() {
  const std::lock_guard lock(mutex_);
  if (!finished_ && !writing_) // a write under way fails now and finishes the call
    finish(grpc::Status::CANCELLED);
}

void watch_call::OnDone() {
  alarm_.Cancel();
  const auto self = std::move(self_);
}

} // namespace cxstream::transport
