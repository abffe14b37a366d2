#include "protocols/log_batch.hpp"

#include "cxstream/v1/storage.pb.h"

#include <google/protobuf/arena.h>

namespace cxstream::protocols {

std::string encode_log_batch(base::epoch epoch, base::log_offset first, std::chrono::seconds dedup_window,
                             std::span<const log_entry> entries) {
  google::protobuf::Arena arena;
  auto& batch = *google::protobuf::Arena::CreateMessage<v1::LogBatch>(&arena);
  batch.set_epoch(epoch.value);
  batch.set_first_offset(first.value);
  batch.set_dedup_window_s(static_cast<std::uint32_t>(dedup_window.count()));
  batch.mutable_entries()->Reserve(static_cast<int>(entries.size()));
  for (const auto& e : entries) {
    auto& out = *batch.add_entries();
    out.set_event(e.event);
    out.set_key_hash_high(e.print.key_high);
    out.set_key_hash_low(e.print.key_low);
    out.set_content_hash(e.print.content);
  }
  return batch.SerializeAsString();
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
