// A canonical event as one JSON object, projected: snake_case names in the order of the projection, times as RFC 3339
// in UTC, absent fields left out, `cleared` as a list of field names. A dot in an output's name makes an object:
// "sentiment.label" is written as {"sentiment": {"label": …}}. What a replay sends ends with "replayed": true whatever
// the projection, because its sequence may be lower than that of what came before. The same event gives the same bytes.
// Used by one thread at a time (it keeps a message and its memory between events).
#pragma once

#include "base/time.hpp"
#include "connectors/encoding/json_text.hpp"
#include "model/projection.hpp"
#include "ports/target.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

class json_event {
public:
  explicit json_event(const model::compiled_projection& projection);

  // Appends the event's object to `out` and says true; false, with `out` as it was, when its bytes are not a canonical
  // event.
  bool append(const ports::delivery& delivery, base::timestamp delivered_at, std::string& out);
  // The event of the last successful append(), whole.
  const v1::CanonicalEvent& event() const {
    return event_;
  }

private:
  struct output {
    model::projected_field field;
    std::string parent; // the object it is in; empty for none
    std::string leaf;   // its name there
  };

  std::vector<output> outputs_; // those of one parent side by side
  bool marks_replays_ = true;   // unless an output has the mark's name
  v1::CanonicalEvent event_;
  json_buffer text_;
};

} // namespace cxstream::connectors
