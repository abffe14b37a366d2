// The live tickets of a partition: loaded on demand, written when dirty, passivated when over the bound (oldest use
// first). Not thread-safe; owned by its partition.
//
// Invariant: a ticket leaves memory only when the store has its latest state.
#pragma once

#include "model/ticket.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cxstream::protocols {

class ticket_cache {
public:
  ticket_cache(base::partition_id partition, const ports::store& store, std::size_t weight_max)
      : partition_(partition), store_(store), weight_max_(weight_max) {
  }

  // The ticket, from memory or disk, or a new one without events. Valid until the next call of passivate().
  base::result<model::ticket*> get(std::string_view ticket_id);
  // Applies a committed event to its ticket.
  base::result<model::decision> apply(const v1::CanonicalEvent& event, const model::fingerprint& print,
                                      const model::log_place& place);
  // What is used from here on counts as used later than what was before; within a round nothing is said. Moving a
  // ticket to the front touches its neighbours in memory, so a busy one moves once a round.
  void next_round() {
    ++round_;
  }
  // A full run of a ticket's index, from disk.
  base::result<v1::TicketIndex> read_run(std::string_view ticket_id, std::uint32_t number) const;

  // Everything that is dirty, as one batch; call written() once it is in the store.
  ports::write_batch dirty_batch() const;
  void written(base::timestamp newest_commit, std::chrono::seconds dedup_window);

  std::size_t bound() const {
    return weight_max_;
  }
  bool over_bound() const {
    return weight_ > weight_max_;
  }
  // Forgets clean tickets, least recently used first, until within the bound.
  void passivate();
  std::size_t size() const {
    return slots_.size();
  }
  // Forgets everything, dirty or not (the store is the truth again).
  void clear();

private:
  struct slot {
    model::ticket ticket;
    std::string written_account; // account under which the store's index has it; empty when none
    bool dirty = false;
    std::size_t weight = 0;  // 1, and more for a long history
    std::uint64_t round = 0; // in which it was last used
  };
  using slots = std::list<slot>; // those of the most recent round first

  base::result<slot*> find(std::string_view ticket_id);
  base::result<slot> load(std::string_view ticket_id) const;
  void weigh(slot& s);

  base::partition_id partition_;
  const ports::store& store_;
  std::size_t weight_max_;
  std::size_t weight_ = 0;
  slots slots_;
  std::unordered_map<std::string_view, slots::iterator> by_id_; // keys live in the slots' states
  std::vector<slot*> dirty_;
  std::uint64_t round_ = 1;
};

} // namespace cxstream::protocols
