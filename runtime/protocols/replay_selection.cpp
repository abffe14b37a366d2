#include "protocols/replay_selection.hpp"

#include "model/time_span.hpp"

namespace cxstream::protocols {

namespace {

using time = google::protobuf::Timestamp;

bool empty_span(bool has_from, const time& from, bool has_until, const time& until) {
  return has_from && has_until && model::to_us(from) >= model::to_us(until);
}

} // namespace

base::result<void> check(const v1::ReplaySelection& s) {
  if (s.sink().empty())
    return base::error{base::error_code::invalid_argument, "say which sink the events are replayed to"};
  if (empty_span(s.has_committed_from(), s.committed_from(), s.has_committed_until(), s.committed_until()) ||
      empty_span(s.has_occurred_from(), s.occurred_from(), s.has_occurred_until(), s.occurred_until()))
    return base::error{base::error_code::invalid_argument,
                       "the span of time is empty; its end must come after its beginning"};
  return {};
}

bool selected(const v1::ReplaySelection& s, const v1::CanonicalEvent& e) {
  return (s.ticket_id().empty() || s.ticket_id() == e.ticket_id()) &&
         (s.account_id().empty() || s.account_id() == e.account_id()) &&
         (s.source_system().empty() || s.source_system() == e.source_system()) &&
         (s.canonical_tag().empty() || s.canonical_tag() == e.canonical_tag()) &&
         model::is_within(e.pipeline().committed_at(), s.has_committed_from() ? &s.committed_from() : nullptr,
                          s.has_committed_until() ? &s.committed_until() : nullptr) &&
         model::is_within(e.occurred_at(), s.has_occurred_from() ? &s.occurred_from() : nullptr,
                          s.has_occurred_until() ? &s.occurred_until() : nullptr);
}

bool replay_sieve::takes(const ports::event_bytes& event) {
  return event_.ParseFromString(event) && selected(selection_, event_) && filter_.wanted(event_);
}

} // namespace cxstream::protocols
