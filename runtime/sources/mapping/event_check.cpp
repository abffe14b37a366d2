#include "sources/mapping/event_check.hpp"

#include "model/canonicalise.hpp"
#include "model/parse_event.hpp"

namespace cxstream::sources {

std::optional<model::rejection> event_check::operator()(std::string_view event, base::timestamp now) {
  if (auto why = model::parse_event(event, scratch_, limits_.event_bytes))
    return why;
  model::canonicalise(scratch_, {});
  return model::validate(scratch_, now, limits_);
}

} // namespace cxstream::sources
