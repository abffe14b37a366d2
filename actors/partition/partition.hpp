// The partition actor; see interface.hpp. What it decides is protocols::partition; here it talks to the log writer, to
// the sources that wait for an answer and to the sinks that wait for events.
//
// Invariants:
//  1. At most one append of a partition is at the log writer; what comes meanwhile gathers into the next one.
//  2. append_answer{ok} is sent only after the entries are committed and applied.
//  3. After a failure of the store nothing is appended until the store is mended and the log was read again.
#pragma once

#include "actors/partition/interface.hpp"
#include "ports/metrics.hpp"
#include "protocols/partition.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

namespace cxstream::actors {

struct partition_config {
  base::partition_id id;
  base::epoch epoch{1};
  ports::store& store;
  ports::metrics& metrics;
  log_writer_actor log_writer;
  std::chrono::seconds dedup_window{30 * 24 * 3600};
  std::chrono::milliseconds checkpoint_every{10'000};
  std::size_t live_weight_max = 3'000;
  std::size_t recent_bytes_max = 512u << 10u; // history kept in memory for sinks that keep up
  std::size_t append_entries_max = 8'192;     // most entries of one append
  // Called (from the actor) when the store cannot be read or is damaged.
  std::function<void(const base::error&)> on_failure = [](const base::error&) {};
};

class partition_state {
public:
  static inline const char* name = "partition";

  explicit partition_state(partition_actor::pointer self) : self_(self) {
  }
  partition_actor::behavior_type start(partition_config config);

private:
  struct waiting_append {
    caf::typed_response_promise<append_answer> promise;
    std::vector<protocols::log_entry> entries;
  };
  struct waiting_reader {
    history_reader who;
    history_demand wish;
  };

  caf::result<append_answer> append(append_events& request);
  void appended(log_appended& answer);
  void mended();
  void demand(const history_demand& wish);
  bytes_answer ticket(const ask_ticket& question);
  states_answer tickets(const ask_tickets& question);
  offsets_answer ticket_offsets(const ask_ticket_offsets& question);
  bytes_answer totals(const ask_totals& question);
  void tick();
  verdict stop();

  void send_next_append();
  void apply(base::timestamp committed_at);
  void answer(const std::vector<model::decision>& decisions, base::log_offset first);
  void fail(const base::error& why);
  void publish(std::shared_ptr<const protocols::history_run> run);
  void supply(waiting_reader reader);
  void count_live();

  partition_actor::pointer self_;
  std::optional<partition_config> config_;
  std::optional<protocols::partition> partition_;
  verdict health_;
  struct sent_append {
    caf::typed_response_promise<append_answer> promise;
    std::size_t entries;
  };
  std::deque<waiting_append> gathering_;
  std::vector<sent_append> in_flight_;
  std::vector<protocols::log_entry> in_flight_entries_;
  base::log_offset in_flight_first_;
  bool asked_ = false; // the log writer has an append of ours that it has not answered
  std::deque<std::shared_ptr<const protocols::history_run>> recent_;
  std::deque<std::size_t> recent_bytes_;
  std::size_t recent_bytes_total_ = 0;
  std::unordered_map<caf::actor_id, waiting_reader> waiting_readers_;
  std::size_t counted_live_ = 0;
};

partition_actor::behavior_type partition(partition_actor::stateful_pointer<partition_state> self,
                                         partition_config config);

} // namespace cxstream::actors
