#include "model/feedback.hpp"

#include "model/revision.hpp"

#include <charconv>

namespace cxstream::model {

v1::CanonicalEvent false_positive(std::string_view sink, std::string_view ticket_id, base::ticket_sequence sequence,
                                  base::timestamp told_at) {
  v1::CanonicalEvent out;
  const auto key = std::string(false_positive_type) + "/" + std::string(sink) + "/" + std::to_string(sequence.value);
  out.set_event_id(key);
  out.set_idempotency_key(key);
  out.set_event_type(std::string(false_positive_type));
  out.set_source_system(std::string(own_source_system));
  out.set_ticket_id(std::string(ticket_id));
  set_us(*out.mutable_occurred_at(), base::to_us(told_at));
  return out;
}

std::optional<flagged_delivery> flagged_by(const v1::CanonicalEvent& event) {
  const std::string_view id = event.event_id();
  const auto slash = id.rfind('/');
  const auto begin = false_positive_type.size() + 1;
  if (event.event_type() != false_positive_type || !id.starts_with(false_positive_type) || slash == id.npos ||
      slash < begin)
    return std::nullopt;
  flagged_delivery out{std::string(id.substr(begin, slash - begin)), {}};
  const auto digits = id.substr(slash + 1);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out.sequence.value);
  if (failure != std::errc{} || end != digits.data() + digits.size() || out.sink.empty())
    return std::nullopt;
  return out;
}

} // namespace cxstream::model
