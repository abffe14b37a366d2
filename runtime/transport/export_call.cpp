#include "transport/export_call.hpp"

#include "transport/status.hpp"
#include "transport/sure_reply.hpp"

#include <utility>

namespace cxstream::transport {
namespace {

constexpr std::uint32_t page_letters = 100;

} // namespace

export_call* export_call::start(ports::admin_service& node, const v1::ExportDeadLettersRequest& request) {
  auto call = std::make_shared<export_call>(node, request);
  call->self_ = call;
  call->ask_page();
  return call.get();
}

export_call::export_call(ports::admin_service& node, const v1::ExportDeadLettersRequest& request) : node_(node) {
  *request_.mutable_selector() = request.selector();
  request_.set_page_size(page_letters);
}

void export_call::ask_page() {
  node_.export_dead_letters(request_, sure_reply<v1::ListDeadLettersResponse>(
                                          [self = shared_from_this()](auto page) { self->on_page(std::move(page)); }));
}

void export_call::on_page(base::result<v1::ListDeadLettersResponse> page) {
  {
    const std::lock_guard lock(mutex_);
    if (finished_)
      return;
    if (!page)
      return finish(to_status(page.err()));
    page_ = std::move(*page);
    next_ = 0;
    if (!advance())
      return;
  }
  ask_page();
}

bool export_call::advance() {
  if (next_ < page_.dead_letters_size()) {
    outgoing_.mutable_dead_letter()->Swap(page_.mutable_dead_letters(next_++));
    writing_ = true;
    StartWrite(&outgoing_);
    return false;
  }
  if (page_.next_page_token().empty()) {
    finish(grpc::Status::OK);
    return false;
  }
  request_.set_page_token(page_.next_page_token());
  return true;
}

void export_call::finish(const grpc::Status& status) {
  finished_ = true;
  Finish(status);
}

void export_call::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (finished_)
      return;
    if (!ok)
      return finish(grpc::Status::CANCELLED);
    if (!advance())
      return;
  }
  ask_page();
}

void export_call::OnCancel() {
  const std::lock_guard lock(mutex_);
  if (!finished_ && !writing_) // a write under way fails now and finishes the call
    finish(grpc::Status::CANCELLED);
}

void export_call::OnDone() {
  const auto self = std::move(self_);
}

} // namespace cxstream::transport
