#include "client/event_batch.hpp"

#include "cxstream/v1/ingest.pb.h"

#include "google/protobuf/io/coded_stream.h"

namespace cxstream::client {

namespace {

using google::protobuf::io::CodedOutputStream;

constexpr std::uint32_t tag(int field, std::uint32_t wire_type) {
  return static_cast<std::uint32_t>(field) << 3u | wire_type;
}

void append_varint(std::string& out, std::uint64_t number) {
  std::uint8_t bytes[10];
  const auto* end = CodedOutputStream::WriteVarint64ToArray(number, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(end - bytes));
}

} // namespace

void batch_builder::add(std::string_view serialized_event) {
  append_varint(bytes_, tag(v1::PublishRequest::kEventsFieldNumber, 2));
  append_varint(bytes_, serialized_event.size());
  bytes_ += serialized_event;
  ++events_;
}

event_batch batch_builder::finish(std::uint64_t id, std::chrono::steady_clock::time_point due) {
  append_varint(bytes_, tag(v1::PublishRequest::kBatchIdFieldNumber, 0));
  append_varint(bytes_, id);
  event_batch batch{id, events_, grpc::Slice(bytes_), due};
  bytes_.clear();
  events_ = 0;
  return batch;
}

} // namespace cxstream::client
