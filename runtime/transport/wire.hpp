// gRPC's bytes to messages and back, for the methods that look at a message's bytes themselves. Stateless; thread-safe.
#pragma once

#include "cxstream/v1/storage.pb.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace cxstream::transport {

struct batch_limits {
  std::size_t bytes_max = (4u << 20u) + (64u << 10u);
  std::size_t events_max = 16'384; // an answer to that many rejected events still fits a client's 4 MiB default
};

// The bytes are no PublishRequest.
struct malformed_batch {};
// They are, or may be, but are more than one batch may hold. The text is for the client.
struct oversized_batch {
  std::string message;
};

// Reads a PublishRequest without decoding its events. Sizes are judged before anything is allocated.
std::variant<v1::RawPublishRequest, malformed_batch, oversized_batch> read_batch(grpc::ByteBuffer& bytes,
                                                                                 const batch_limits& most);

// False when the bytes are not such a message.
bool parse(grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message);
grpc::ByteBuffer serialize(const google::protobuf::MessageLite& message);
std::string flat(const grpc::ByteBuffer& bytes);

// Serialized CanonicalEvents as SubscribeResponses of about bytes_max, so that none exceeds what a client receives.
std::vector<grpc::ByteBuffer> pack_events(std::vector<std::string> events, std::size_t bytes_max);

} // namespace cxstream::transport
