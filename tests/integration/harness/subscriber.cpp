#include "integration/harness/subscriber.hpp"

#include "integration/harness/node_process.hpp"

#include "cxstream/v1/subscribe.grpc.pb.h"

namespace cxstream::integration {

std::uint64_t consume(const std::shared_ptr<grpc::Channel>& channel, const std::string& name, std::uint64_t wanted,
                      std::chrono::milliseconds patience, const std::function<void(const v1::CanonicalEvent&)>& take) {
  const auto stub = v1::SubscribeService::NewStub(channel);
  const auto context = within(patience);
  const auto stream = stub->Subscribe(context.get());
  v1::SubscribeRequest start;
  start.mutable_start()->set_name(name);
  start.mutable_start()->set_start_at(v1::EARLIEST);
  stream->Write(start);
  std::uint64_t came = 0;
  v1::SubscribeResponse response;
  while (came < wanted && stream->Read(&response)) {
    v1::SubscribeRequest ack;
    for (const auto& event : response.events()) {
      take(event);
      auto& place = *ack.mutable_ack()->add_up_to();
      place.set_partition(event.pipeline().partition());
      place.set_offset(event.pipeline().offset());
    }
    came += static_cast<std::uint64_t>(response.events_size());
    stream->Write(ack);
  }
  stream->WritesDone();
  while (stream->Read(&response)) // what came beyond, and the end
    came += static_cast<std::uint64_t>(response.events_size());
  stream->Finish();
  return came;
}

} // namespace cxstream::integration
