#include "transport/wire.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <optional>

namespace cxstream::transport {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr int write_block_bytes = 256 << 10;

// Number of events in a PublishRequest, found by skipping over its fields; absent when it is malformed. An event of two
// bytes on the wire takes some forty in memory, so this comes before the parse.
std::optional<std::size_t> count_events(grpc::ByteBuffer& bytes) {
  grpc::ProtoBufferReader reader(&bytes);
  google::protobuf::io::CodedInputStream input(&reader);
  constexpr auto event_tag = static_cast<std::uint32_t>(
      WireFormatLite::MakeTag(v1::RawPublishRequest::kEventsFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  std::size_t events = 0;
  while (const std::uint32_t tag = input.ReadTag()) {
    if (!WireFormatLite::SkipField(&input, tag))
      return std::nullopt;
    events += tag == event_tag ? 1 : 0;
  }
  if (!input.ConsumedEntireMessage())
    return std::nullopt;
  return events;
}

} // namespace

std::variant<v1::RawPublishRequest, malformed_batch, oversized_batch> read_batch(grpc::ByteBuffer& bytes,
                                                                                 const batch_limits& most) {
  if (bytes.Length() > most.bytes_max)
    return oversized_batch{"the batch has " + std::to_string(bytes.Length()) + " bytes, the most is " +
                           std::to_string(most.bytes_max) + ": send smaller batches"};
  const auto events = count_events(bytes);
  if (!events)
    return malformed_batch{};
  if (*events > most.events_max)
    return oversized_batch{"the batch has " + std::to_string(*events) + " events, the most is " +
                           std::to_string(most.events_max) + ": send smaller batches"};
  v1::RawPublishRequest batch;
  if (!parse(bytes, batch))
    return malformed_batch{};
  return batch;
}

bool parse(grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message) {
  grpc::ProtoBufferReader reader(&bytes);
  return message.ParseFromZeroCopyStream(&reader);
}

grpc::ByteBuffer serialize(const google::protobuf::MessageLite& message) {
  const auto size = static_cast<int>(message.ByteSizeLong());
  if (size == 0) {
    const grpc::Slice nothing;
    return {&nothing, 1};
  }
  grpc::ByteBuffer bytes;
  {
    grpc::ProtoBufferWriter writer(&bytes, write_block_bytes, size);
    message.SerializeToZeroCopyStream(&writer);
  }
  return bytes;
}

std::string flat(const grpc::ByteBuffer& bytes) {
  std::string text;
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok())
    return text;
  text.reserve(bytes.Length());
  for (const auto& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

std::vector<grpc::ByteBuffer> pack_events(std::vector<std::string> events, std::size_t bytes_max) {
  std::vector<grpc::ByteBuffer> messages;
  v1::RawSubscribeResponse response;
  std::size_t bytes = 0;
  for (auto& event : events) {
    if (bytes > 0 && bytes + event.size() > bytes_max) {
      messages.push_back(serialize(response));
      response.Clear();
      bytes = 0;
    }
    bytes += event.size() + 1;
    response.add_events(std::move(event));
  }
  if (bytes > 0)
    messages.push_back(serialize(response));
  return messages;
}

} // namespace cxstream::transport
