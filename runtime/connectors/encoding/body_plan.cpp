#include "connectors/encoding/body_plan.hpp"

#include "connectors/blueprint.hpp"

#include <array>

namespace cxstream::connectors {

body_form read_body(settings& s) {
  static constexpr std::array<std::string_view, 2> choices{"plain", "cloudevents"};
  body_form out;
  if (s.choice("envelope", choices) == "cloudevents")
    out.form = envelope::cloudevents;
  out.data_schema = s.text("dataschema");
  if (!out.data_schema.empty() && out.form == envelope::plain)
    s.wrong("dataschema", "belongs to envelope: cloudevents");
  return out;
}

base::result<event_body> body_of(const config::sink_config& sink, const body_form& form) {
  auto encoder = encoder_of(sink);
  if (!encoder)
    return encoder.err();
  return event_body(std::move(*encoder), form.form, form.data_schema);
}

} // namespace cxstream::connectors
