#include "protocols/reconciliation/sink_book.hpp"

#include "ports/keys.hpp"
#include "protocols/account.hpp"
#include "protocols/history.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace cxstream::protocols {

namespace {

using ports::family;
namespace keys = ports::keys;

constexpr std::size_t page_events = 4'096;

bool contains(const std::vector<std::uint64_t>& sorted, base::log_offset offset) {
  return std::binary_search(sorted.begin(), sorted.end(), offset.value);
}

ports::delivery delivery_of(base::partition_id p, history_item item) {
  return {p, item.offset, item.sequence, std::move(item.ticket_id), std::move(item.event)};
}

} // namespace

bool sink_moment::has_delivered(base::log_offset offset) const {
  const auto& above = cursor.decided_above();
  const bool decided =
      offset.value < cursor.next_offset() || std::find(above.begin(), above.end(), offset.value) != above.end();
  return decided && !contains(waiting, offset) && !gave_up(offset);
}

bool sink_moment::gave_up(base::log_offset offset) const {
  return contains(dead, offset);
}

// The cursor first: what begins to wait after it was read is still pending by it, and so not taken for delivered.
base::result<sink_moment> sink_book::look(base::partition_id p) const {
  sink_moment out;
  auto cursor = read_cursor(store_, sink_, p);
  if (!cursor)
    return cursor.err();
  out.cursor = std::move(*cursor);
  const auto prefix = keys::sink_partition(sink_, p);
  const auto take_waiting = [&](std::string_view key, std::string_view) {
    out.waiting.push_back(keys::parse_waiting(key, prefix.size()).offset.value);
    return true;
  };
  if (auto scanned = store_.scan(family::waiting, prefix, keys::after_prefix(prefix), take_waiting); !scanned)
    return scanned.err();
  const auto letters = keys::dead_delivery_prefix(sink_, p);
  const auto take_dead = [&](std::string_view key, std::string_view) {
    const auto digits = key.substr(letters.size());
    std::uint64_t offset = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), offset, 16);
    out.dead.push_back(offset);
    return true;
  };
  if (auto scanned = store_.scan(family::dead_letters, letters, keys::after_prefix(letters), take_dead); !scanned)
    return scanned.err();
  std::sort(out.waiting.begin(), out.waiting.end());
  std::sort(out.dead.begin(), out.dead.end());
  return out;
}

base::result<void> sink_book::expect(base::partition_id p, base::log_offset end, const ports::census& target,
                                     portion size, const std::function<void(ports::census_row)>& take) const {
  const auto moment = look(p);
  if (!moment)
    return moment.err();
  const auto parts = 1 + size.tickets / size.tickets_at_once;
  for (std::uint64_t part = 0; part < parts; ++part) {
    std::unordered_map<std::string, std::unique_ptr<ports::expectation>> tickets;
    for (base::log_offset from{0}; from < end;) {
      auto run = read_history(store_, p, from, end, page_events);
      if (!run)
        return run.err();
      if (run->next_offset == from)
        break;
      from = run->next_offset;
      for (auto& item : run->items) {
        const bool is_held = moment->has_delivered(item.offset) ||
                             (kept_ == kept_by_sink::state && moment->gave_up(item.offset)); // the next one says it too
        if (!is_held || std::hash<std::string>{}(item.ticket_id) % parts != part)
          continue;
        const auto event = delivery_of(p, std::move(item));
        if (!wants(event))
          continue;
        auto& ticket = tickets[event.ticket_id];
        if (!ticket)
          ticket = target.expect();
        ticket->add(event);
      }
    }
    for (const auto& [ticket_id, ticket] : tickets)
      if (auto row = ticket->row(); !row.ticket_id.empty())
        take(std::move(row));
  }
  return {};
}

base::result<ticket_events> sink_book::of_ticket(base::partition_id p, std::span<const base::log_offset> offsets,
                                                 const sink_moment& moment) const {
  ticket_events out;
  std::vector<ports::delivery> apart; // history: on the way. State: given up, until another event follows
  const auto join = [&] {
    std::move(apart.begin(), apart.end(), std::back_inserter(out.events));
    apart.clear();
  };
  for (const auto offset : offsets) {
    auto item = read_event(store_, p, offset);
    if (!item && item.err().code == base::error_code::not_found)
      break;
    if (!item)
      return item.err();
    auto event = delivery_of(p, std::move(*item));
    if (!wants(event))
      continue;
    const bool is_delivered = moment.has_delivered(offset);
    const bool gave_up = moment.gave_up(offset);
    if (kept_ == kept_by_sink::state) {
      apart.push_back(std::move(event));
      if (gave_up)
        continue;
      join();
      out.is_on_its_way = out.is_on_its_way || !is_delivered;
    } else if (!gave_up) {
      (is_delivered ? out.events : apart).push_back(std::move(event));
    }
  }
  const bool is_sure = kept_ == kept_by_sink::history || (!out.is_on_its_way && apart.empty());
  out.delivered = is_sure ? out.events.size() : 0;
  if (kept_ == kept_by_sink::history || out.events.empty())
    join();
  return out;
}

bool sink_book::wants(const ports::delivery& event) const {
  if (filter_.passes_all())
    return true;
  v1::CanonicalEvent parsed;
  return parsed.ParseFromString(event.event) && filter_.wanted(parsed);
}

std::vector<ports::census_row> rows_of(const ticket_events& ticket, const ports::census& target) {
  std::vector<ports::census_row> out;
  const auto held = target.expect();
  for (std::size_t i = 0; i < ticket.events.size(); ++i) {
    held->add(ticket.events[i]);
    if (i + 1 < ticket.delivered)
      continue;
    if (auto row = held->row(); !row.ticket_id.empty())
      out.push_back(std::move(row));
  }
  return out;
}

} // namespace cxstream::protocols
