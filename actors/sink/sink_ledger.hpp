// What a sink keeps on disk for one partition: its cursor, its waiting events, its dead letters. Translates between
// sink_lanes and the store; decides nothing. Owned by the sink actor.
#pragma once

#include "cxstream/v1/admin.pb.h"
#include "ports/store.hpp"
#include "protocols/sink_lanes_types.hpp"

#include <string>
#include <vector>

namespace cxstream::actors {

class sink_ledger {
public:
  sink_ledger(ports::store& store, std::string sink, base::partition_id partition);

  // The lanes that were waiting, by ticket.
  base::result<std::vector<protocols::restored_lane>> lanes() const;
  // Writes the writes and the cursor of some effects in one atomic batch.
  base::result<void> write(const protocols::sink_effects& fx);

  struct loaded {
    enum class kind { event, unreadable, nothing } what = kind::nothing;
    protocols::loaded_event event; // unreadable: only offset and entry
    std::string why;
  };
  // The ticket's first waiting event at or after an offset.
  base::result<loaded> load(const protocols::load_waiting& wish) const;

  base::result<v1::DeadLetter> dead_letter(base::log_offset offset) const;
  // Writes a letter again that is there already.
  base::result<void> keep(const v1::DeadLetter& letter);
  base::result<std::uint64_t> dead_below(base::log_offset offset) const;
  bool waits(std::string_view ticket_id, base::log_offset offset) const;
  bool is_dead(base::log_offset offset) const;

private:
  ports::store& store_;
  std::string sink_;
  base::partition_id partition_;
  std::string waiting_prefix_;
};

} // namespace cxstream::actors
