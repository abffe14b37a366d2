// What operators do to a sink: seek, requeue, discard.
#include "actors/sink/sink.hpp"
#include "protocols/history.hpp"
#include "protocols/letter_edit.hpp"

#include <caf/typed_response_promise.hpp>

#include <algorithm>

namespace cxstream::actors {

namespace {

constexpr std::uint32_t later_events_max = 10'000; // newer events of a ticket that a requeue looks at

bool is_late(const v1::DeadLetter& letter) {
  v1::CanonicalEvent event;
  return event.ParseFromString(letter.payload()) && event.pipeline().late();
}

std::string edited_event(const v1::DeadLetter& letter) {
  return letter.edited() ? letter.payload() : std::string{};
}

} // namespace

caf::result<verdict> sink_state::seek(const seek_delivery& wish) {
  if (!wish.to_end)
    return move_to(wish.next_offset);
  auto promise = self_->make_response_promise<verdict>();
  self_->request(config_->partition, std::chrono::seconds{30}, ask_totals{})
      .then(
          [this, promise](const bytes_answer& answer) mutable {
            v1::PartitionApplied totals;
            if (!answer.result.ok || !totals.ParseFromString(answer.bytes))
              promise.deliver(answer.result);
            else
              promise.deliver(move_to(base::log_offset{totals.next_offset()}));
          },
          [promise](const caf::error&) mutable {
            promise.deliver(verdict{false, {base::error_code::timeout, "the partition did not answer; try again"}});
          });
  return promise;
}

verdict sink_state::move_to(base::log_offset next) {
  if (broken_)
    return written();
  auto before = protocols::history_below(config_->store, config_->partition_id, next);
  auto dead = ledger_->dead_below(next);
  if (!before || !dead)
    return {false, before ? dead.err() : before.err()};
  protocols::sink_effects fx;
  lanes_->seek(next, *before, *dead, config_->clock.now(), fx);
  demanded_.reset();
  carry_out(fx);
  return written();
}

// Said to an operator after carry_out(): nothing is done before it is written.
verdict sink_state::written() const {
  if (broken_)
    return {false, {base::error_code::unavailable, "the store is not writable at the moment; try again"}};
  return {};
}

caf::result<verdict> sink_state::requeue(const requeue_delivery& wish) {
  auto letter = ledger_->dead_letter(wish.offset);
  if (broken_ || !letter)
    return verdict{false,
                   letter ? base::error{base::error_code::unavailable, "the store is not writable"} : letter.err()};
  auto promise = self_->make_response_promise<verdict>();
  // What is sent with the ticket's state is never older than what was sent.
  const auto allow_older = wish.allow_older || config_->guards_regress || config_->limits.coalesce;
  const ask_ticket_offsets later{letter->ticket_id(), base::ticket_sequence{letter->ticket_sequence() + 1},
                                 later_events_max};
  self_->request(config_->partition, std::chrono::seconds{30}, later)
      .then(
          [this, promise, allow_older, late = is_late(*letter), edited = edited_event(*letter),
           ticket_id = letter->ticket_id(), offset = wish.offset](const offsets_answer& answer) mutable {
            if (!answer.result.ok || broken_ || !ledger_->is_dead(offset)) {
              promise.deliver(
                  verdict{false, {base::error_code::unavailable, "the dead letter cannot be requeued now; try again"}});
              return;
            }
            protocols::sink_effects fx;
            const auto newer = newer_was_delivered(ticket_id, answer.offsets);
            const auto result =
                lanes_->requeue({ticket_id, offset, newer, allow_older, late, edited}, config_->clock.now(), fx);
            carry_out(fx);
            if (result == protocols::requeue_result::accepted)
              promise.deliver(written());
            else if (result == protocols::requeue_result::refused_full)
              promise.deliver(
                  verdict{false, {base::error_code::resource_exhausted, "as many tickets wait as may; try later"}});
            else
              promise.deliver(verdict{false,
                                      {base::error_code::failed_precondition,
                                       "a newer event of this ticket was delivered; delivering this one now would show "
                                       "the target an older state (allow_older does it all the same; or discard it)"}});
          },
          [promise](const caf::error&) mutable {
            promise.deliver(verdict{false, {base::error_code::timeout, "the partition did not answer; try again"}});
          });
  return promise;
}

bool sink_state::newer_was_delivered(const std::string& ticket_id, const std::vector<base::log_offset>& later) const {
  const auto cursor = lanes_->cursor();
  const auto decided = [&](base::log_offset o) {
    return o < lanes_->next_offset() || std::find(cursor.decided_above().begin(), cursor.decided_above().end(),
                                                  o.value) != cursor.decided_above().end();
  };
  return std::any_of(later.begin(), later.end(), [&](base::log_offset o) {
    if (!decided(o) || ledger_->waits(ticket_id, o) || ledger_->is_dead(o))
      return false;
    if (config_->filter.passes_all())
      return true;
    auto item = protocols::read_event(config_->store, config_->partition_id, o);
    v1::CanonicalEvent event;
    return item && event.ParseFromString(item->event) && config_->filter.wanted(event);
  });
}

// Nothing of the account changes, so nothing but the letter is written.
verdict sink_state::edit(const edit_delivery& wish) {
  if (broken_)
    return written();
  if (config_->limits.coalesce)
    return {false,
            {base::error_code::failed_precondition,
             "this sink is sent tickets as they are, not events; send an event that corrects the ticket, and requeue"}};
  auto letter = ledger_->dead_letter(wish.offset);
  if (!letter)
    return {false, letter.err()};
  if (auto edited = protocols::edit_delivery(*letter, wish.event); !edited)
    return verdict::of(edited);
  return verdict::of(ledger_->keep(*letter));
}

verdict sink_state::discard(const discard_delivery& wish) {
  if (broken_)
    return written();
  if (!ledger_->is_dead(wish.offset))
    return {false, {base::error_code::not_found, "there is no such dead letter"}};
  protocols::sink_effects fx;
  lanes_->discard(wish.offset, fx);
  carry_out(fx);
  return written();
}

} // namespace cxstream::actors
