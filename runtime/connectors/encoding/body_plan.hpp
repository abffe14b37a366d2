// Reads how a sink's messages are wrapped: `envelope: plain|cloudevents`, and `dataschema`, a URI, with the latter.
#pragma once

#include "config/config.hpp"
#include "connectors/encoding/event_body.hpp"
#include "connectors/settings.hpp"

#include <string>

namespace cxstream::connectors {

struct body_form {
  envelope form = envelope::plain;
  std::string data_schema;
};

// What is wrong is noted in `s`.
body_form read_body(settings& s);

// What writes the sink's messages, under its projection. Errors: invalid_argument.
base::result<event_body> body_of(const config::sink_config& sink, const body_form& form);

} // namespace cxstream::connectors
