#include "protocols/letter_edit.hpp"

#include "model/revision.hpp"

#include "cxstream/v1/event.pb.h"

namespace cxstream::protocols {

namespace {

base::error refused(const std::string& field) {
  return {base::error_code::invalid_argument,
          field + " is the event's place in its ticket's history and cannot be edited; send a new event instead"};
}

} // namespace

base::result<void> edit_delivery(v1::DeadLetter& letter, const std::string& edited_event) {
  v1::CanonicalEvent before, after;
  if (!before.ParseFromString(letter.payload()) || letter.payload().empty())
    return base::error{base::error_code::failed_precondition,
                       "the event cannot be read from the history any more, so there is nothing to edit; discard it"};
  if (!after.ParseFromString(edited_event))
    return base::error{base::error_code::invalid_argument, "the new payload is no canonical event"};
  if (after.ticket_id() != before.ticket_id())
    return refused("ticket_id");
  if (after.idempotency_key() != before.idempotency_key())
    return refused("idempotency_key");
  if (model::to_us(after.occurred_at()) != model::to_us(before.occurred_at()))
    return refused("occurred_at");
  if (after.version() != before.version())
    return refused("version");
  *after.mutable_pipeline() = before.pipeline();
  letter.set_payload(after.SerializeAsString());
  letter.set_edited(true);
  return {};
}

} // namespace cxstream::protocols
