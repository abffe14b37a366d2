#include "transport/http/events_reader.hpp"

#include "transport/http/event_document.hpp"

#include <limits>

namespace cxstream::transport {

ports::read_payload events_reader::read(const ports::payload& from, base::timestamp now) const {
  return read_verified(from, now); // the door has checked the key
}

ports::read_payload events_reader::read_verified(const ports::payload& from, base::timestamp) const {
  // Of a letter that holds one record of a body, the body's form is still right: a record of lines is a line, and one
  // of an array is an event.
  auto form = form_of(from);
  if (form == event_form::cloud_batch && !from.body.starts_with('['))
    form = event_form::cloud_structured;
  ports::read_payload out;
  for (auto& record : read_event_document(form, from, std::numeric_limits<std::size_t>::max()).records) {
    if (auto* event = std::get_if<std::string>(&record))
      out.events.push_back(std::move(*event));
    else
      out.refused.push_back(std::move(std::get<ports::payload_refusal>(record)));
  }
  return out;
}

bool events_reader::hides(std::string_view) const {
  return false; // the usual secret headers are never kept
}

} // namespace cxstream::transport
