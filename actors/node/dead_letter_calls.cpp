// The admin calls about dead letters.
#include "actors/dead_letter/dead_letter.hpp"
#include "actors/node/admin_service.hpp"
#include "actors/node/asker.hpp"
#include "protocols/dead_letters.hpp"

#include <caf/send.hpp>

namespace cxstream::actors {

namespace {

constexpr std::uint32_t page_default = 100;
constexpr std::size_t letters_a_call_max = 100'000;

base::error needs_condition() {
  return {base::error_code::invalid_argument,
          "say which dead letters: by id, stage, class, sink, source, ticket, reason, cause or time (at least one "
          "condition)"};
}

base::result<v1::ListDeadLettersResponse> page_of(const ports::store& store, const v1::ListDeadLettersRequest& request,
                                                  bool with_payload) {
  const auto size = request.page_size() == 0 ? page_default : request.page_size();
  auto page = protocols::read_letters(store, request.selector(), request.page_token(), size, with_payload);
  if (!page)
    return page.err();
  v1::ListDeadLettersResponse out;
  for (auto& letter : page->letters)
    *out.add_dead_letters() = std::move(letter);
  out.set_next_page_token(page->next);
  return out;
}

// The partition of a sink that deals with its letters; none when the sink is not configured any more.
std::optional<sink_actor> sink_of(const sink_roster& sinks, const std::string& sink, base::partition_id p) {
  auto entry = sinks.find(sink);
  if (!entry || p.value >= entry->partitions.size())
    return std::nullopt;
  return entry->partitions[p.value];
}

// The audit line of a letter that a person gave up.
void note_discarded(const node_parts& parts, const v1::DeadLetter& letter, const std::string& why) {
  const auto stage = v1::DeadLetterStage_Name(letter.stage());
  parts.config.log.info("a dead letter was discarded", {{"id", letter.id()},
                                                        {"stage", stage},
                                                        {"sink", letter.sink()},
                                                        {"ticket", letter.ticket_id()},
                                                        {"was", letter.reason()},
                                                        {"why", why.empty() ? "not said" : why}});
  parts.config.metrics.discarded(stage, letter.sink(), 1);
}

// Starts an actor that deals with all letters of a selector. `why`: of a discard.
void deal_with(const node_parts& parts, const v1::DeadLetterSelector& selector, letter_action action,
               const std::string& why, ports::reply<std::vector<v1::RequeueResult>> done) {
  if (!protocols::selects_something(selector)) {
    done(needs_condition());
    return;
  }
  auto page = protocols::read_letters(parts.config.store, selector, "", letters_a_call_max, false);
  if (!page) {
    done(page.err());
    return;
  }
  std::vector<std::string> ids;
  for (const auto& letter : page->letters)
    ids.push_back(letter.id());
  for (const auto& id : selector.ids()) // asked for by name and not there: the answer says so
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
      ids.push_back(id);
  const auto find_sink = [&sinks = parts.sinks](const std::string& sink, base::partition_id p) {
    return sink_of(sinks, sink, p);
  };
  dead_letter_config work{
      parts.config.store,
      parts.config.clock,
      parts.partitions,
      find_sink,
      parts.config.rules,
      parts.config.readers,
      action,
      std::move(ids),
      [done = std::move(done)](std::vector<v1::RequeueResult> results) { done(std::move(results)); },
      [writer = parts.log_writer](const base::error&) { caf::anon_send(writer, mend_atom_v); }};
  work.on_discarded = [&parts, why](const v1::DeadLetter& letter) { note_discarded(parts, letter, why); };
  parts.system.spawn(dead_letter, std::move(work));
}

} // namespace

void admin_service::list_dead_letters(v1::ListDeadLettersRequest request,
                                      ports::reply<v1::ListDeadLettersResponse> done) {
  done(page_of(parts_.config.store, request, false));
}

void admin_service::export_dead_letters(v1::ListDeadLettersRequest request,
                                        ports::reply<v1::ListDeadLettersResponse> done) {
  done(page_of(parts_.config.store, request, true));
}

void admin_service::get_dead_letter(v1::GetDeadLetterRequest request, ports::reply<v1::GetDeadLetterResponse> done) {
  auto letter = protocols::read_letter(parts_.config.store, request.id());
  if (!letter) {
    done(letter.err());
    return;
  }
  v1::GetDeadLetterResponse out;
  *out.mutable_dead_letter() = std::move(*letter);
  done(std::move(out));
}

void admin_service::edit_dead_letter(v1::EditDeadLetterRequest request, ports::reply<v1::EditDeadLetterResponse> done) {
  auto letter = protocols::read_letter(parts_.config.store, request.id());
  if (!letter) {
    done(letter.err());
    return;
  }
  const auto answer = [done](base::result<verdict> kept) {
    if (!kept)
      done(kept.err());
    else if (!kept->ok)
      done(kept->why);
    else
      done(v1::EditDeadLetterResponse{});
  };
  if (letter->stage() == v1::DELIVERY) {
    const auto sink =
        sink_of(parts_.sinks, letter->sink(), base::partition_id{static_cast<std::uint16_t>(letter->partition())});
    if (sink)
      ask<verdict>(parts_.system, *sink, edit_delivery{base::log_offset{letter->offset()}, request.payload()}, answer);
    else
      done(base::error{base::error_code::failed_precondition, "sink '" + letter->sink() +
                                                                  "' is not configured any more; configure it or "
                                                                  "discard the letter"});
    return;
  }
  if (letter->stage() == v1::SOURCE) {
    done(base::error{
        base::error_code::failed_precondition,
        "this is a payload as its source sent it; mend the source's mapping and requeue it, or discard it"});
    return;
  }
  letter->set_payload(request.payload());
  letter->set_edited(true);
  letter->clear_cause_class(); // follows from the others
  ask<verdict>(parts_.system, parts_.log_writer, keep_dead_letters{{letter->SerializeAsString()}}, answer);
}

void admin_service::group_dead_letters(v1::GroupDeadLettersRequest request,
                                       ports::reply<v1::GroupDeadLettersResponse> done) {
  done(protocols::group_letters(parts_.config.store, request.selector()));
}

void admin_service::requeue_dead_letters(v1::RequeueDeadLettersRequest request,
                                         ports::reply<v1::RequeueDeadLettersResponse> done) {
  const auto action = request.allow_older() ? letter_action::requeue_allowing_older : letter_action::requeue;
  deal_with(parts_, request.selector(), action, {},
            [done = std::move(done)](base::result<std::vector<v1::RequeueResult>> results) {
              if (!results) {
                done(results.err());
                return;
              }
              v1::RequeueDeadLettersResponse out;
              for (auto& r : *results)
                *out.add_results() = std::move(r);
              done(std::move(out));
            });
}

void admin_service::discard_dead_letters(v1::DiscardDeadLettersRequest request,
                                         ports::reply<v1::DiscardDeadLettersResponse> done) {
  deal_with(parts_, request.selector(), letter_action::discard, request.reason(),
            [done = std::move(done)](base::result<std::vector<v1::RequeueResult>> results) {
              if (!results) {
                done(results.err());
                return;
              }
              v1::DiscardDeadLettersResponse out;
              for (const auto& r : *results)
                out.set_discarded(out.discarded() + (r.requeued() ? 1 : 0));
              done(std::move(out));
            });
}

} // namespace cxstream::actors
