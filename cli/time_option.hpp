// Times on the command line. Pure.
#pragma once

#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

#include <string>

namespace cxstream::cli {

// RFC 3339, such as 2026-01-31T08:00:00Z. False when it is none.
inline bool parse_time(const std::string& text, google::protobuf::Timestamp& out) {
  return google::protobuf::util::TimeUtil::FromString(text, &out);
}

// For CLI11's check(): what is wrong with a time; empty when nothing is.
inline std::string is_time(const std::string& text) {
  google::protobuf::Timestamp time;
  return parse_time(text, time) ? "" : "write the time like 2026-01-31T08:00:00Z";
}

} // namespace cxstream::cli
