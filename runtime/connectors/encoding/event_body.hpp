// The body of a message about one event: the projected event as JSON, plain or in a CloudEvents 1.0 envelope
// (structured mode). The same event gives the same bytes. Used by one thread at a time.
//
//   {"specversion": "1.0", "id": …, "source": "/cx/<source_system>", "type": "cx.ticket.signal.v1", "subject":
//   <ticket_id>,
//    "time": <occurred_at>, "datacontenttype": "application/json", "dataschema": …, "partitionkey": <ticket_id>,
//    "sequence": "<version>", "ticketsequence": "<ticket_sequence>", "data": {<projected event>}}
//
// id is event_id, or, where a source gives none, ticket_id and idempotency_key: with `source` it names the event.
#pragma once

#include "connectors/encoding/json_event.hpp"

#include <string>
#include <string_view>

namespace cxstream::connectors {

enum class envelope : std::uint8_t { plain, cloudevents };

class event_body {
public:
  event_body(json_event encoder) : encoder_(std::move(encoder)) { // NOLINT: a plain body is its encoder
  }
  // `data_schema`: URI of the schema of `data`; left out when empty.
  event_body(json_event encoder, envelope form, std::string data_schema)
      : encoder_(std::move(encoder)), form_(form), data_schema_(std::move(data_schema)) {
  }

  // Appends the body to `out` and says true; false, with `out` as it was, when the bytes are not a canonical event.
  bool append(const ports::delivery& delivery, base::timestamp delivered_at, std::string& out);
  // The event of the last successful append(), whole.
  const v1::CanonicalEvent& event() const {
    return encoder_.event();
  }
  envelope form() const {
    return form_;
  }
  // Media type of one body.
  std::string_view content_type() const {
    return form_ == envelope::plain ? "application/json" : "application/cloudevents+json";
  }

private:
  json_event encoder_;
  envelope form_ = envelope::plain;
  std::string data_schema_;
  std::string data_; // of the event at hand; kept for its memory
  json_buffer text_;
};

} // namespace cxstream::connectors
