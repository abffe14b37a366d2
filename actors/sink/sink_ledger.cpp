#include "actors/sink/sink_ledger.hpp"

#include "model/revision.hpp"
#include "ports/keys.hpp"
#include "protocols/dead_letters.hpp"
#include "protocols/history.hpp"

namespace cxstream::actors {

using ports::family;
namespace keys = ports::keys;

namespace {

// Turns the writes of sink_lanes into operations on the store.
struct writer {
  const std::string& sink;
  base::partition_id partition;
  const std::string& waiting_prefix;
  ports::write_batch& batch;

  void operator()(const protocols::put_waiting& w) const {
    batch.put(family::waiting, keys::waiting(sink, partition, w.ticket_id, w.offset), w.entry.SerializeAsString());
  }
  void operator()(const protocols::erase_waiting& w) const {
    batch.erase(family::waiting, keys::waiting(sink, partition, w.ticket_id, w.offset));
  }
  void operator()(const protocols::put_dead_letter& w) const {
    v1::DeadLetter letter;
    letter.set_id(keys::dead_delivery(sink, partition, w.offset));
    letter.set_stage(v1::DELIVERY);
    letter.set_sink(sink);
    letter.set_reason(std::string(protocols::name_of(w.reason)));
    letter.set_message(w.last_error);
    model::set_us(*letter.mutable_dead_at(), base::to_us(w.dead_at));
    letter.set_ticket_id(w.ticket_id);
    letter.set_partition(partition.value);
    letter.set_offset(w.offset.value);
    letter.set_attempts(w.attempts);
    letter.set_payload(w.event);
    letter.set_ticket_sequence(w.sequence.value);
    *letter.mutable_tries() = w.tries;
    letter.set_edited(w.edited);
    batch.put(family::dead_letters, letter.id(), letter.SerializeAsString());
  }
  void operator()(const protocols::erase_dead_letter& w) const {
    batch.erase(family::dead_letters, keys::dead_delivery(sink, partition, w.offset));
  }
  void operator()(const protocols::erase_all_waiting&) const {
    batch.erase_range(family::waiting, waiting_prefix, keys::after_prefix(waiting_prefix));
  }
  void operator()(const protocols::erase_dead_letters_from& w) const {
    const auto prefix = keys::dead_delivery_prefix(sink, partition);
    batch.erase_range(family::dead_letters, keys::dead_delivery(sink, partition, w.offset), keys::after_prefix(prefix));
  }
};

} // namespace

sink_ledger::sink_ledger(ports::store& store, std::string sink, base::partition_id partition)
    : store_(store), sink_(std::move(sink)), partition_(partition),
      waiting_prefix_(keys::sink_partition(sink_, partition)) {
}

base::result<std::vector<protocols::restored_lane>> sink_ledger::lanes() const {
  std::vector<protocols::restored_lane> lanes;
  v1::WaitingEntry entry;
  const auto visit = [&](std::string_view key, std::string_view value) {
    auto [ticket_id, offset] = keys::parse_waiting(key, waiting_prefix_.size());
    entry.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (lanes.empty() || lanes.back().ticket_id != ticket_id)
      lanes.push_back({std::move(ticket_id), offset, entry, 0});
    auto& lane = lanes.back();
    ++lane.waiting;
    lane.last = protocols::tail_of(offset, entry);
    return true;
  };
  if (auto scanned = store_.scan(family::waiting, waiting_prefix_, keys::after_prefix(waiting_prefix_), visit);
      !scanned)
    return scanned.err();
  return lanes;
}

base::result<void> sink_ledger::write(const protocols::sink_effects& fx) {
  if (!fx.must_write())
    return {};
  ports::write_batch batch;
  for (const auto& w : fx.writes)
    std::visit(writer{sink_, partition_, waiting_prefix_, batch}, w);
  if (fx.cursor)
    batch.put(family::cursors, waiting_prefix_, fx.cursor->SerializeAsString());
  return store_.write(batch, ports::durability::buffered);
}

base::result<sink_ledger::loaded> sink_ledger::load(const protocols::load_waiting& wish) const {
  loaded out;
  const auto ticket = keys::sink_ticket(sink_, partition_, wish.ticket_id);
  const auto visit = [&](std::string_view key, std::string_view value) {
    out.event.offset = keys::parse_waiting(key, waiting_prefix_.size()).offset;
    out.event.entry.ParseFromArray(value.data(), static_cast<int>(value.size()));
    out.what = loaded::kind::event;
    return false;
  };
  const auto from = keys::waiting(sink_, partition_, wish.ticket_id, wish.from);
  if (auto scanned = store_.scan(family::waiting, from, keys::after_prefix(ticket), visit); !scanned)
    return scanned.err();
  if (out.what == loaded::kind::nothing)
    return out;
  auto item = protocols::read_event(store_, partition_, out.event.offset);
  if (!item) {
    if (item.err().code != base::error_code::not_found && item.err().code != base::error_code::corrupt)
      return item.err();
    out.what = loaded::kind::unreadable;
    out.why = item.err().message;
    return out;
  }
  out.event.sequence = item->sequence;
  out.event.event = std::move(item->event);
  if (const auto& edited = out.event.entry.edited_event(); !edited.empty())
    out.event.event = ports::event_bytes(edited, out.event.event.times());
  return out;
}

base::result<v1::DeadLetter> sink_ledger::dead_letter(base::log_offset offset) const {
  return protocols::read_letter(store_, keys::dead_delivery(sink_, partition_, offset));
}

base::result<void> sink_ledger::keep(const v1::DeadLetter& letter) {
  ports::write_batch batch;
  auto kept = letter;
  kept.clear_cause_class(); // follows from the others
  batch.put(family::dead_letters, letter.id(), kept.SerializeAsString());
  return store_.write(batch, ports::durability::synced);
}

base::result<std::uint64_t> sink_ledger::dead_below(base::log_offset offset) const {
  std::uint64_t count = 0;
  const auto visit = [&](std::string_view, std::string_view) {
    ++count;
    return true;
  };
  const auto scanned = store_.scan(family::dead_letters, keys::dead_delivery_prefix(sink_, partition_),
                                   keys::dead_delivery(sink_, partition_, offset), visit);
  if (!scanned)
    return scanned.err();
  return count;
}

bool sink_ledger::waits(std::string_view ticket_id, base::log_offset offset) const {
  auto found = store_.get(family::waiting, keys::waiting(sink_, partition_, ticket_id, offset));
  return found && found->has_value();
}

bool sink_ledger::is_dead(base::log_offset offset) const {
  auto found = store_.get(family::dead_letters, keys::dead_delivery(sink_, partition_, offset));
  return found && found->has_value();
}

} // namespace cxstream::actors
