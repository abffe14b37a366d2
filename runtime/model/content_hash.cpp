#include "model/content_hash.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <vector>

namespace cxstream::model {

namespace {

// Hashes the fields in the order of their numbers and map entries in the order of their keys.
std::uint64_t hash_of_all(const v1::CanonicalEvent& event) {
  thread_local std::vector<char> bytes(4'096); // kept, so that the hot path does not allocate
  const auto size = event.ByteSizeLong();
  if (bytes.size() < size)
    bytes.resize(size);
  google::protobuf::io::ArrayOutputStream array(bytes.data(), static_cast<int>(size));
  google::protobuf::io::CodedOutputStream out(&array);
  out.SetSerializationDeterministic(true);
  event.SerializeWithCachedSizes(&out);
  out.Trim();
  return base::xxh3_64({bytes.data(), size});
}

} // namespace

std::uint64_t content_hash(const v1::CanonicalEvent& event) {
  if (!event.has_pipeline())
    return hash_of_all(event);
  auto sent = event;
  sent.clear_pipeline();
  return hash_of_all(sent);
}

base::hash128 key_hash(std::string_view idempotency_key) noexcept {
  return base::xxh3_128(idempotency_key);
}

base::partition_id partition_of(std::string_view ticket_id, std::uint16_t partitions) noexcept {
  return base::partition_id{static_cast<std::uint16_t>(base::xxh3_64(ticket_id) % partitions)};
}

} // namespace cxstream::model
