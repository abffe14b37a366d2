#include "model/peek.hpp"

#include "model/revision.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace cxstream::model {

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Calls visit(field number, bytes) for every length-delimited field; others are skipped. Bytes point into `message`.
template <class Visit>
void each_text(std::string_view message, Visit visit) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (const auto tag = in.ReadTag()) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag))
        return;
      continue;
    }
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size))
      return;
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    if (!in.Skip(static_cast<int>(size)))
      return;
    visit(WireFormatLite::GetTagFieldNumber(tag), message.substr(at, size));
  }
}

base::timestamp time_of(std::string_view bytes) {
  google::protobuf::Timestamp t;
  if (!t.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return {};
  return base::from_us(to_us(t));
}

} // namespace

event_outline outline_of(std::string_view event) {
  event_outline out;
  each_text(event, [&](int field, std::string_view bytes) {
    if (field == v1::CanonicalEvent::kTicketIdFieldNumber)
      out.ticket_id = bytes;
    else if (field == v1::CanonicalEvent::kOccurredAtFieldNumber)
      out.occurred_at = time_of(bytes);
    else if (field == v1::CanonicalEvent::kPipelineFieldNumber)
      each_text(bytes, [&](int inner, std::string_view value) {
        if (inner == v1::PipelineInfo::kReceivedAtFieldNumber)
          out.received_at = time_of(value);
      });
  });
  return out;
}

} // namespace cxstream::model
