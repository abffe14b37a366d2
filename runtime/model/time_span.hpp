// Spans of time in requests: from a moment on, up to another; an end that is not given is open. Pure.
#pragma once

#include "model/revision.hpp"

#include <google/protobuf/timestamp.pb.h>

namespace cxstream::model {

// Whether a time is in [from, until); null: open.
inline bool is_within(const google::protobuf::Timestamp& at, const google::protobuf::Timestamp* from,
                      const google::protobuf::Timestamp* until) {
  const auto us = to_us(at);
  return (from == nullptr || us >= to_us(*from)) && (until == nullptr || us < to_us(*until));
}

} // namespace cxstream::model
