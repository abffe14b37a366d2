#include "transport/publish_call.hpp"

#include <utility>
#include <variant>

namespace cxstream::transport {

using base::error_code;

grpc::ServerUnaryReactor* publish_call::start(ports::ingest_gate& gate, intake_budget& budget, const batch_limits& most,
                                              grpc::ByteBuffer request, grpc::ByteBuffer* response,
                                              ports::ingest_client client) {
  const bool room = budget.open();
  const auto call = std::make_shared<publish_call>(budget, request.Length(), response);
  grpc::ServerUnaryReactor* reactor = launch(call);
  if (!room) {
    call->answer(base::error{error_code::resource_exhausted, "the node holds all the bytes it may: try later"});
    return reactor;
  }
  auto read = read_batch(request, most);
  if (auto* oversized = std::get_if<oversized_batch>(&read)) {
    call->answer(base::error{error_code::invalid_argument, std::move(oversized->message)});
    return reactor;
  }
  call->session_ = gate.open(call, std::move(client));
  if (!call->session_)
    call->answer(base::error{error_code::unavailable, "the node takes no events now: try later"});
  else if (auto* batch = std::get_if<v1::RawPublishRequest>(&read))
    call->session_->submit(std::move(*batch));
  else
    call->session_->submit_malformed(flat(request));
  return reactor;
}

publish_call::publish_call(intake_budget& budget, std::uint64_t bytes, grpc::ByteBuffer* response)
    : unary_call(response), budget_(budget), bytes_(bytes) {
  budget_.take(bytes_);
}

void publish_call::on_answer(v1::PublishResponse response) {
  answer(serialize(response));
}

void publish_call::on_failed(base::error why) {
  answer(std::move(why));
}

void publish_call::on_gone() {
  session_.reset();
  budget_.give(bytes_);
}

} // namespace cxstream::transport
