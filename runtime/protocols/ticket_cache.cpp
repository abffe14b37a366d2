#include "protocols/ticket_cache.hpp"

#include "ports/keys.hpp"

#include <utility>

namespace cxstream::protocols {

namespace {

constexpr std::size_t index_bytes_per_weight = 2'048; // index memory that weighs as much as a ticket's state

base::error damaged(std::string_view ticket_id) {
  return {base::error_code::corrupt, "the stored state of ticket " + std::string(ticket_id) + " cannot be read"};
}

} // namespace

base::result<model::ticket*> ticket_cache::get(std::string_view ticket_id) {
  auto found = find(ticket_id);
  if (!found)
    return found.err();
  return &(*found)->ticket;
}

base::result<ticket_cache::slot*> ticket_cache::find(std::string_view ticket_id) {
  if (const auto it = by_id_.find(ticket_id); it != by_id_.end()) {
    auto& known = *it->second;
    if (std::exchange(known.round, round_) != round_)
      slots_.splice(slots_.begin(), slots_, it->second);
    return &known;
  }
  auto loaded = load(ticket_id);
  if (!loaded)
    return loaded.err();
  slots_.push_front(std::move(*loaded));
  auto& s = slots_.front();
  s.round = round_;
  by_id_.emplace(s.ticket.state().ticket_id(), slots_.begin());
  weigh(s);
  return &s;
}

base::result<ticket_cache::slot> ticket_cache::load(std::string_view ticket_id) const {
  auto found = store_.get(ports::family::tickets, ports::keys::ticket(partition_, ticket_id));
  if (!found)
    return found.err();
  if (!*found)
    return slot{model::ticket(ticket_id, partition_), {}};
  v1::TicketSnapshot snapshot;
  if (!snapshot.ParseFromString(**found))
    return damaged(ticket_id);
  auto account = snapshot.state().account_id().value();
  return slot{model::ticket(std::move(snapshot)), std::move(account)};
}

base::result<v1::TicketIndex> ticket_cache::read_run(std::string_view ticket_id, std::uint32_t number) const {
  auto value = store_.get(ports::family::ticket_index, ports::keys::ticket_run(partition_, ticket_id, number));
  if (!value)
    return value.err();
  v1::TicketIndex run;
  if (!*value || !run.ParseFromString(**value))
    return damaged(ticket_id);
  return run;
}

base::result<model::decision> ticket_cache::apply(const v1::CanonicalEvent& event, const model::fingerprint& print,
                                                  const model::log_place& place) {
  auto found = find(event.ticket_id());
  if (!found)
    return found.err();
  auto& s = **found;
  auto decided =
      s.ticket.apply(event, print, place, [&](std::uint32_t number) { return read_run(event.ticket_id(), number); });
  if (!decided || decided->outcome != model::effect::accepted)
    return decided;
  weigh(s);
  if (!std::exchange(s.dirty, true))
    dirty_.push_back(&s);
  return decided;
}

ports::write_batch ticket_cache::dirty_batch() const {
  ports::write_batch batch;
  for (auto* const it : dirty_) {
    const auto& state = it->ticket.state();
    const auto& id = state.ticket_id();
    for (auto& [number, run] : it->ticket.index().newly_sealed())
      batch.put(ports::family::ticket_index, ports::keys::ticket_run(partition_, id, number), run.SerializeAsString());
    batch.put(ports::family::tickets, ports::keys::ticket(partition_, id), it->ticket.snapshot());
    const auto& account = state.account_id().value();
    if (account == it->written_account)
      continue;
    if (!it->written_account.empty())
      batch.erase(ports::family::accounts, ports::keys::account_ticket(partition_, it->written_account, id));
    if (!account.empty())
      batch.put(ports::family::accounts, ports::keys::account_ticket(partition_, account, id), {});
  }
  return batch;
}

void ticket_cache::written(base::timestamp newest_commit, std::chrono::seconds dedup_window) {
  for (auto* const it : dirty_) {
    it->dirty = false;
    it->written_account = it->ticket.state().account_id().value();
    it->ticket.written(newest_commit, dedup_window);
    weigh(*it);
  }
  dirty_.clear();
}

void ticket_cache::passivate() {
  for (auto it = slots_.end(); over_bound() && it != slots_.begin();) {
    --it;
    if (it->dirty)
      continue;
    weight_ -= it->weight;
    by_id_.erase(it->ticket.state().ticket_id());
    it = slots_.erase(it);
  }
}

void ticket_cache::clear() {
  by_id_.clear();
  dirty_.clear();
  slots_.clear();
  weight_ = 0;
}

void ticket_cache::weigh(slot& s) {
  weight_ -= s.weight;
  s.weight = 1 + s.ticket.index().bytes() / index_bytes_per_weight;
  weight_ += s.weight;
}

} // namespace cxstream::protocols
