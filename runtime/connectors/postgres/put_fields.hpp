// Fields of the contract as columns of a COPY. Pure.
#pragma once

#include "connectors/postgres/copy_rows.hpp"
#include "model/revision.hpp"

#include "cxstream/v1/event.pb.h"

#include <string>

namespace cxstream::connectors::postgres {

inline void put_text(copy_rows& out, bool present, const std::string& text) {
  if (present)
    out.put_text(text);
  else
    out.null();
}

// A text whose absence is the empty text.
inline void put_filled(copy_rows& out, const std::string& text) {
  put_text(out, !text.empty(), text);
}

inline void put_number(copy_rows& out, bool present, double number) {
  if (present)
    out.put_float8(number);
  else
    out.null();
}

inline void put_time(copy_rows& out, bool present, const google::protobuf::Timestamp& t) {
  if (present)
    out.put_time(base::from_us(model::to_us(t)));
  else
    out.null();
}

// Label, score, confidence.
inline void put_signal(copy_rows& out, const v1::Signal& signal) {
  put_text(out, signal.has_label(), signal.label());
  put_number(out, signal.has_score(), signal.score());
  put_number(out, signal.has_confidence(), signal.confidence());
}

} // namespace cxstream::connectors::postgres
