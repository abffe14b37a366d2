#include "transport/upload_call.hpp"

#include "transport/status.hpp"
#include "transport/sure_reply.hpp"

#include <utility>

namespace cxstream::transport {

namespace {

using base::error_code;

grpc::Status out_of_order(const char* what) {
  return to_status(error_code::invalid_argument, what);
}

} // namespace

upload_call* upload_call::start(ports::import_desk& desk, ports::import_sender from, program_check may_program,
                                const std::atomic<bool>& closing, v1::UploadImportResponse* response) {
  auto call = std::make_shared<upload_call>(desk, std::move(from), std::move(may_program), closing, response);
  call->self_ = call;
  call->StartRead(&call->incoming_);
  return call.get();
}

upload_call::upload_call(ports::import_desk& desk, ports::import_sender from, program_check may_program,
                         const std::atomic<bool>& closing, v1::UploadImportResponse* response)
    : desk_(desk), from_(std::move(from)), may_program_(std::move(may_program)), closing_(closing),
      response_(response) {
}

void upload_call::OnReadDone(bool ok) {
  if (!ok)
    return finish(out_of_order("the upload ended without its last message, `end`: nothing was kept"));
  if (closing_)
    return finish(to_status(error_code::unavailable, "the node is shutting down: send the file again"));
  switch (incoming_.piece_case()) {
    case v1::UploadImportRequest::kBegin:
      return begin(std::move(*incoming_.mutable_begin()));
    case v1::UploadImportRequest::kData:
      return write(std::move(*incoming_.mutable_data()));
    case v1::UploadImportRequest::kEnd:
      return end(incoming_.end());
    default:
      return finish(out_of_order("the message says nothing: send `begin`, then `data`, then `end`"));
  }
}

void upload_call::begin(v1::ImportSpec spec) {
  if (upload_)
    return finish(out_of_order("an upload has one `begin`"));
  from_.may_program = spec.mapping_yaml().empty() || may_program_();
  auto begun = desk_.begin_upload(std::move(spec), from_, std::nullopt);
  if (!begun)
    return finish(to_status(begun.err()));
  upload_ = *std::move(begun);
  StartRead(&incoming_);
}

void upload_call::write(std::string piece) {
  if (!upload_)
    return finish(out_of_order("an upload starts with `begin`"));
  bytes_ += piece.size();
  upload_->write(std::move(piece), [self = shared_from_this()](const auto& outcome) { self->written(outcome); });
}

void upload_call::written(const base::result<void>& outcome) {
  if (!outcome)
    return finish(to_status(outcome.err()));
  const std::lock_guard lock(mutex_);
  if (!finished_)
    StartRead(&incoming_);
}

void upload_call::end(std::uint64_t bytes) {
  if (!upload_)
    return finish(out_of_order("an upload starts with `begin`"));
  if (bytes != bytes_)
    return finish(to_status(error_code::invalid_argument, std::to_string(bytes_) + " bytes came, and not the " +
                                                              std::to_string(bytes) +
                                                              " of `end`: send the file again"));
  upload_->finish(sure_reply<v1::ImportJob>([self = shared_from_this()](base::result<v1::ImportJob> job) {
    if (!job)
      return self->finish(to_status(job.err()));
    const std::lock_guard lock(self->mutex_);
    if (std::exchange(self->finished_, true))
      return; // the client went away; it will find the job in the list
    *self->response_->mutable_job() = *std::move(job);
    self->Finish(grpc::Status::OK);
  }));
}

void upload_call::finish(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(finished_, true))
    Finish(status);
}

void upload_call::OnCancel() {
  finish(grpc::Status::CANCELLED);
}

void upload_call::OnDone() {
  upload_.reset();
  const auto self = std::move(self_);
}

} // namespace cxstream::transport
