#include "protocols/log_batch.hpp"

#include "cxstream/v1/storage.pb.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace cxstream::protocols {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

namespace {

constexpr std::size_t commit_stamp_bytes_max = 11; // room for commit_stamp(), so that appending it copies nothing

std::size_t entry_size(const log_entry& e) {
  constexpr std::size_t fixed64_field = 9;
  return 1 + WireFormatLite::BytesSize(e.event) + 3 * fixed64_field;
}

} // namespace

// Written straight into the value, one copy an event: this is most of what a node writes.
std::string encode_log_batch(base::epoch epoch, base::log_offset first, std::chrono::seconds dedup_window,
                             std::span<const log_entry> entries) {
  v1::LogBatch head;
  head.set_epoch(epoch.value);
  head.set_first_offset(first.value);
  head.set_dedup_window_s(static_cast<std::uint32_t>(dedup_window.count()));
  auto size = head.ByteSizeLong() + commit_stamp_bytes_max;
  for (const auto& e : entries)
    size += entry_size(e) + 1 + CodedOutputStream::VarintSize32(static_cast<std::uint32_t>(entry_size(e)));
  std::string value(size, '\0');
  auto* out = head.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(value.data()));
  for (const auto& e : entries) {
    out = WireFormatLite::WriteTagToArray(v1::LogBatch::kEntriesFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED,
                                          out);
    out = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(entry_size(e)), out);
    out = WireFormatLite::WriteBytesToArray(v1::LogEntry::kEventFieldNumber, e.event, out);
    out = WireFormatLite::WriteFixed64ToArray(v1::LogEntry::kKeyHashHighFieldNumber, e.print.key_high, out);
    out = WireFormatLite::WriteFixed64ToArray(v1::LogEntry::kKeyHashLowFieldNumber, e.print.key_low, out);
    out = WireFormatLite::WriteFixed64ToArray(v1::LogEntry::kContentHashFieldNumber, e.print.content, out);
  }
  value.resize(static_cast<std::size_t>(out - reinterpret_cast<std::uint8_t*>(value.data())));
  return value;
}

std::string commit_stamp(base::timestamp committed_at) {
  v1::LogBatch stamp;
  stamp.set_committed_at_us(base::to_us(committed_at));
  return stamp.SerializeAsString();
}

base::result<committed_batch> decode_log_batch(std::string_view value) {
  v1::LogBatch batch;
  if (!batch.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return base::error{base::error_code::corrupt, "a log batch cannot be read"};
  committed_batch out{base::log_offset{batch.first_offset()},
                      base::from_us(batch.committed_at_us()),
                      std::chrono::seconds{batch.dedup_window_s()},
                      {}};
  out.entries.reserve(static_cast<std::size_t>(batch.entries_size()));
  for (auto& e : *batch.mutable_entries())
    out.entries.push_back({std::move(*e.mutable_event()), {e.key_hash_high(), e.key_hash_low(), e.content_hash()}});
  return out;
}

} // namespace cxstream::protocols
