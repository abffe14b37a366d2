// Whether an event keeps the contract of event.proto. Pure; thread-safe; a good event costs no allocation.
#pragma once

#include "base/time.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ingest.pb.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::model {

// Why an event is refused, as EventResult says it.
struct rejection {
  v1::RejectReason reason = v1::REJECT_REASON_UNSPECIFIED;
  std::string field_path; // "sentiment.score", "raw_tags[3]"; empty when it is not about one field
  std::string message;    // what is wrong and what to do, for people
};

// The numbers of event.proto. Sizes are bytes of UTF-8.
struct validation_limits {
  std::size_t event_bytes = 65'536;
  std::size_t id_bytes = 256;
  std::size_t event_type_bytes = 128;
  std::size_t source_system_bytes = 64;
  std::size_t schema_version_bytes = 32;
  std::size_t tag_bytes = 256;  // canonical_tag, driver, each of raw_tags
  std::size_t word_bytes = 128; // status, priority, channel, names of custom_metrics
  std::size_t url_bytes = 2'048;
  std::size_t raw_tags = 64;
  std::size_t custom_metrics = 64;
  std::size_t cleared_paths = 128;
  base::timestamp occurred_at_min{std::chrono::sys_days{std::chrono::year{1990} / 1 / 1}};
  base::duration future_tolerance = std::chrono::minutes{10};
};

// The first breach found, in the order of event.proto. Expects a canonicalised event: other spellings of labels are
// refused.
std::optional<rejection> validate(const v1::CanonicalEvent& event, base::timestamp now,
                                  const validation_limits& limits);

// True for an absolute http or https URL with a host and without space, control characters, quotes or "<", ">", "\".
bool is_web_url(std::string_view text) noexcept;

} // namespace cxstream::model
