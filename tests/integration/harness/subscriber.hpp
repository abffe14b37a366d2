// A gRPC consumer that acknowledges everything it gets.
#pragma once

#include "cxstream/v1/event.pb.h"

#include <chrono>
#include <functional>
#include <grpcpp/channel.h>
#include <memory>
#include <string>

namespace cxstream::integration {

// Reads with a durable name from the earliest place until `wanted` events came or the time is over; how many came.
std::uint64_t consume(const std::shared_ptr<grpc::Channel>& channel, const std::string& name, std::uint64_t wanted,
                      std::chrono::milliseconds patience, const std::function<void(const v1::CanonicalEvent&)>& take);

} // namespace cxstream::integration
