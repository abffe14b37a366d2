// What a source sends over HTTP, and what is made of it, as plain values. The transport owns sockets, the reader owns
// verification and mapping; between them goes this.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include "cxstream/v1/ingest.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::ports {

struct header {
  std::string name; // lower case
  std::string value;
};

// One request, raw: nothing of it is believed yet.
struct payload {
  std::string target; // path and query, as sent
  std::vector<header> headers;
  std::string body;
  std::string peer;           // address, for logs
  std::string client_subject; // subject of the client's verified certificate; empty without one
  // Of one that is tried again: why it was refused. A record of a payload was refused by itself, and is no whole
  // payload.
  v1::RejectReason refused_as = v1::REJECT_REASON_UNSPECIFIED;
};

// Value of the first header of that name (lower case); empty when there is none.
inline std::string_view header_value(const payload& of, std::string_view name) {
  for (const auto& h : of.headers)
    if (h.name == name)
      return h.value;
  return {};
}

// A payload, or a record of it, that makes no event. Becomes a dead letter of stage SOURCE.
struct payload_refusal {
  v1::RejectReason reason = v1::BAD_FORMAT;
  std::string field_path; // of the canonical event, where one is at fault
  std::string message;    // what is wrong and what to do, for people
  std::string record; // bytes of the record at fault that can be mapped again by themselves; empty: the whole payload
};

// What one payload comes to. All records of a payload are in `events`, `dropped` or `refused`.
struct read_payload {
  std::vector<std::string> events;      // serialized CanonicalEvents, in the payload's order
  std::vector<std::string> dropped;     // reasons of records that the mapping leaves out on purpose
  std::vector<payload_refusal> refused; // one with reason BAD_SIGNATURE stands alone
};

// Verifies and maps the payloads of one configured source. Thread-safe.
class payload_reader {
public:
  virtual ~payload_reader() = default;
  virtual read_payload read(const payload& from, base::timestamp now) const = 0;
  // The same for a payload that was verified when it came (a dead letter that is tried again).
  virtual read_payload read_verified(const payload& from, base::timestamp now) const = 0;
  // A header (any case) whose value is a secret or a signature: it is never stored.
  virtual bool hides(std::string_view header_name) const = 0;
};

} // namespace cxstream::ports
