// What the node simulation asks of the node: by the services that operators and queries use.
#include "sim/node_outside.hpp"
#include "sim/sink_lanes_checker.hpp" // broken_promise

#include "cxstream/v1/admin.pb.h"
#include "cxstream/v1/query.pb.h"

#include "model/content_hash.hpp"
#include "ports/keys.hpp"
#include "protocols/account.hpp"

#include <algorithm>

namespace cxstream::sim {

namespace keys = ports::keys;

template <class Response, class Call>
std::optional<base::result<Response>> node_world::ask(Call call) {
  auto heard = std::make_shared<std::optional<base::result<Response>>>();
  call([heard](base::result<Response> answer) { heard->emplace(std::move(answer)); });
  for (int i = 0; !*heard && i < 20'000; ++i)
    if (!process_->step(dice_))
      break;
  return std::move(*heard);
}

void node_world::check_everything(const std::string& when) {
  try {
    check_tickets();
    checker_.all_relied_on_is_there();
    check_letters();
    check_proof(true);
    const auto dead = dead_places();
    for (const auto& sink : {"steady", "moody", "slow", "down", "reader"}) {
      auto given_up = given_up_[sink];
      if (const auto found = dead.find(sink); found != dead.end())
        given_up.insert(found->second.begin(), found->second.end());
      checker_.complete(sink, sink != std::string("steady"), given_up);
    }
    judge();
  } catch (const broken_promise& broken) {
    throw broken_promise(when + ": " + broken.what());
  }
}

// Histories and states of all tickets.
void node_world::check_tickets() {
  auto& query = process_->node().query();
  std::uint64_t late = 0;
  for (const auto& ticket : seen_tickets_) {
    const auto owed = checker_.acknowledged(ticket);
    std::vector<v1::CanonicalEvent> events;
    for (std::uint64_t from = 1; from != 0;) {
      v1::GetTicketHistoryRequest request;
      request.set_ticket_id(ticket);
      request.set_from_sequence(from);
      request.set_page_size(7);
      auto page = ask<v1::GetTicketHistoryResponse>([&](auto done) { query.get_ticket_history(request, done); });
      if (!page || (!*page && page->err().code != base::error_code::not_found))
        return; // the store is broken, or it died meanwhile: it is asked again later
      if (!*page)
        break;
      events.insert(events.end(), (*page)->events().begin(), (*page)->events().end());
      from = (*page)->next_sequence();
    }
    checker_.history(ticket, events, owed);
    late += static_cast<std::uint64_t>(
        std::count_if(events.begin(), events.end(), [](const auto& e) { return e.pipeline().late(); }));
    if (events.empty() || !quiet_)
      continue;
    v1::GetTicketRequest request;
    request.set_ticket_id(ticket);
    auto state = ask<v1::GetTicketResponse>([&](auto done) { query.get_ticket(request, done); });
    if (!state || !*state)
      throw broken_promise("the state of " + ticket + " cannot be had");
    checker_.state((*state)->ticket());
  }
  tally_.late = late;
  judge();
}

void node_world::check_proof(bool at_rest) {
  v1::VerifyRequest request;
  request.set_deep(true);
  auto proof = ask<v1::VerifyResponse>([&](auto done) { process_->node().admin().verify(request, done); });
  if (process_->its_life()->over)
    return;
  if (!proof || !*proof) {
    if (at_rest)
      throw broken_promise("P7: there is no proof: " + (proof ? proof->err().message : "no answer"));
    return;
  }
  ++tally_.proofs;
  if (!(*proof)->ok())
    throw broken_promise("P7: " + (*proof)->findings(0).sink() + ": " + (*proof)->findings(0).message());
  for (const auto& sink : (*proof)->sinks())
    if (const auto& c = sink.counts(); c.committed() != c.delivered() + c.filtered() + c.coalesced() + c.waiting() +
                                                            c.dead() + c.discarded() + c.pending() ||
                                       (at_rest && c.pending() + c.waiting() != 0))
      throw broken_promise("P7: the counts of " + sink.sink() + " do not add up: " + c.ShortDebugString());
}

// A letter that a source was told of is there, until somebody deals with it.
void node_world::check_letters() {
  const auto letters = store_.contents(ports::family::dead_letters);
  for (const auto& id : checker_.letters_told())
    if (!letters.contains(id))
      throw broken_promise("P1: the dead letter " + id + " is gone");
}

std::map<std::string, std::set<node_checker::place>> node_world::dead_places() const {
  std::map<std::string, std::set<node_checker::place>> out;
  for (const auto& [id, bytes] : store_.contents(ports::family::dead_letters)) {
    v1::DeadLetter letter;
    if (letter.ParseFromString(bytes) && letter.stage() == v1::DELIVERY)
      out[letter.sink()].emplace(letter.ticket_id(), letter.ticket_sequence());
  }
  return out;
}

bool node_world::on_record(const std::string& sink, const std::string& ticket, std::uint64_t offset) const {
  const auto p = model::partition_of(ticket, settings_.partitions);
  const base::log_offset at{offset};
  const auto cursor = protocols::read_cursor(store_, sink, p);
  const auto& above = cursor->decided_above();
  const bool decided = offset < cursor->next_offset() || std::find(above.begin(), above.end(), offset) != above.end();
  const auto waits = store_.get(ports::family::waiting, keys::waiting(sink, p, ticket, at));
  const auto dead = store_.get(ports::family::dead_letters, keys::dead_delivery(sink, p, at));
  return decided && !*waits && !*dead;
}

// An operator's day: proofs, pauses, requeues.
void node_world::operate() {
  auto& admin = process_->node().admin();
  const std::string sink = std::vector<std::string>{"steady", "moody", "slow", "down", "reader"}[dice_.below(5)];
  switch (dice_.below(4)) {
    case 0:
      check_proof(false);
      break;
    case 1: {
      ++tally_.pauses;
      v1::PauseSinkRequest request;
      request.set_sink(sink);
      ask<v1::PauseSinkResponse>([&](auto done) { admin.pause_sink(request, done); });
      break;
    }
    case 2: {
      v1::ResumeSinkRequest request;
      request.set_sink(sink);
      ask<v1::ResumeSinkResponse>([&](auto done) { admin.resume_sink(request, done); });
      break;
    }
    default:
      requeue();
  }
}

// Some sink's dead letters are tried again; sometimes although newer events of their tickets were delivered.
void node_world::requeue() {
  const auto dead = dead_places();
  if (dead.empty())
    return;
  const auto& [sink, places] = *std::next(dead.begin(), static_cast<std::ptrdiff_t>(dice_.below(dead.size())));
  v1::RequeueDeadLettersRequest request;
  request.mutable_selector()->set_sink(sink);
  request.set_allow_older(dice_.chance(0.3));
  for (const auto& place : places)
    request.allow_older() ? checker_.exempt(sink, place) : checker_.requeued(sink, place);
  auto results = ask<v1::RequeueDeadLettersResponse>(
      [&](auto done) { process_->node().admin().requeue_dead_letters(request, done); });
  if (results && *results)
    for (const auto& r : (*results)->results())
      ++(r.requeued() ? tally_.requeued : tally_.refused);
}

// At the end: nobody is paused; what is dead is requeued, and given up where a newer event has been delivered.
void node_world::give_up_or_requeue() {
  auto& admin = process_->node().admin();
  for (const auto& sink : {"steady", "moody", "slow", "down", "reader"}) {
    v1::ResumeSinkRequest resume;
    resume.set_sink(sink);
    ask<v1::ResumeSinkResponse>([&](auto done) { admin.resume_sink(resume, done); });
  }
  v1::RequeueDeadLettersRequest requeue;
  requeue.mutable_selector()->set_stage(v1::DELIVERY);
  for (const auto& [sink, places] : dead_places())
    for (const auto& place : places)
      checker_.requeued(sink, place);
  auto results = ask<v1::RequeueDeadLettersResponse>([&](auto done) { admin.requeue_dead_letters(requeue, done); });
  if (!results || !*results)
    return;
  const auto dead = dead_places();
  v1::DiscardDeadLettersRequest discard;
  for (const auto& r : (*results)->results()) {
    ++(r.requeued() ? tally_.requeued : tally_.refused);
    if (!r.requeued())
      discard.mutable_selector()->add_ids(r.id());
  }
  if (discard.selector().ids().empty())
    return;
  for (const auto& [id, bytes] : store_.contents(ports::family::dead_letters)) {
    v1::DeadLetter letter;
    const auto& ids = discard.selector().ids();
    if (letter.ParseFromString(bytes) && std::find(ids.begin(), ids.end(), id) != ids.end())
      given_up_[letter.sink()].emplace(letter.ticket_id(), letter.ticket_sequence());
  }
  auto gone = ask<v1::DiscardDeadLettersResponse>([&](auto done) { admin.discard_dead_letters(discard, done); });
  if (gone && *gone)
    tally_.discarded += (*gone)->discarded();
}

bool node_world::all_is_delivered() {
  for (const auto& s : sources_)
    if (!s->unanswered.empty())
      return false;
  auto list = ask<v1::ListSinksResponse>([&](auto done) { process_->node().admin().list_sinks({}, done); });
  if (!list || !*list || (*list)->sinks_size() != 5)
    return false;
  for (const auto& sink : (*list)->sinks())
    if (sink.counts().pending() + sink.counts().waiting() > 0 || sink.counts().dead() > 0)
      return false;
  return true;
}

} // namespace cxstream::sim
