#include "model/evidence.hpp"

#include "model/feedback.hpp"

#include <charconv>
#include <string>

namespace cxstream::model {

namespace {

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc{} && end == text.data() + text.size();
}

} // namespace

v1::CanonicalEvent broken_evidence(const v1::CanonicalEvent& event, int http_status) {
  v1::CanonicalEvent out;
  const auto key = std::string(broken_evidence_type) + "/" + std::to_string(event.pipeline().ticket_sequence()) + "/" +
                   std::to_string(http_status);
  out.set_event_id(key);
  out.set_idempotency_key(key);
  out.set_event_type(std::string(broken_evidence_type));
  out.set_source_system(std::string(own_source_system));
  out.set_ticket_id(event.ticket_id());
  *out.mutable_occurred_at() = event.pipeline().committed_at();
  return out;
}

std::optional<broken_link> broken_link_in(const v1::CanonicalEvent& event) {
  std::string_view id = event.event_id();
  if (event.event_type() != broken_evidence_type || !id.starts_with(broken_evidence_type) ||
      id.size() <= broken_evidence_type.size() + 1)
    return std::nullopt;
  id.remove_prefix(broken_evidence_type.size() + 1);
  const auto slash = id.find('/');
  broken_link out;
  if (slash == id.npos || !read_number(id.substr(0, slash), out.sequence.value) ||
      !read_number(id.substr(slash + 1), out.http_status))
    return std::nullopt;
  return out;
}

} // namespace cxstream::model
