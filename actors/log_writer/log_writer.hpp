// The log writer actor; see interface.hpp. Runs on a thread of its own, because it waits for the disk.
//
// Invariants:
//  1. log_appended{ok} is sent only after the batch is fsynced (promise P1).
//  2. After a failed write nothing is written until the store is mended; everyone who asked is told.
//  3. The store is mended whoever's write failed, also when nothing is appended.
#pragma once

#include "actors/log_writer/interface.hpp"
#include "ports/clock.hpp"
#include "ports/metrics.hpp"
#include "ports/store.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cxstream::actors {

struct log_writer_config {
  ports::store& store;
  const ports::clock& clock;
  ports::metrics& metrics;
  std::chrono::milliseconds mend_every{500};
  std::size_t group_bytes_max = 32u << 20u; // a group is committed at the latest when it has this size
  // Called (from the actor) after a failed write, and when the disk works again.
  std::function<void(const base::error&)> on_failure = [](const base::error&) {};
  std::function<void()> on_mended = [] {};
};

class log_writer_state {
public:
  static inline const char* name = "log_writer";

  explicit log_writer_state(log_writer_actor::pointer self) : self_(self) {
  }
  log_writer_actor::behavior_type start(log_writer_config config);

private:
  void append(log_append& request);
  caf::result<verdict> keep(keep_dead_letters& request);
  caf::result<verdict> stop();
  void commit();
  void mend();
  void schedule_mend();
  void schedule_commit();
  void answer_all(const verdict& how, base::timestamp committed_at);

  struct waiting_append {
    log_append request;
    log_writer_client from;
  };

  log_writer_actor::pointer self_;
  std::optional<log_writer_config> config_;
  std::vector<waiting_append> appends_;
  std::vector<std::string> letters_;
  std::vector<caf::typed_response_promise<verdict>> keepers_;
  std::size_t group_bytes_ = 0;
  std::unordered_map<caf::actor_id, log_writer_client> clients_; // told when the disk works again
  base::timestamp last_commit_{};
  bool commit_scheduled_ = false;
  bool mend_scheduled_ = false;
  verdict health_;
};

log_writer_actor::behavior_type log_writer(log_writer_actor::stateful_pointer<log_writer_state> self,
                                           log_writer_config config);

} // namespace cxstream::actors
