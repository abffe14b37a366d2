// The ingest actor; see interface.hpp.
//
// Invariants:
//  1. A batch is answered once, when every event of it is durable and decided: appended and applied, or a dead letter.
//  2. When anything of a batch could not be made durable, the stream fails; nothing of that batch is acknowledged (P1).
//  3. Batches are routed in the order they came, so one stream's events of a ticket reach its partition in order.
//  4. Batches that are already in the mailbox are routed together: one message a partition, not one a batch.
//  5. A batch that is not answered within answer_timeout fails the stream. One look a second at the oldest watches over
//     all requests of all batches; a timer for each request would cost more than the request.
#pragma once

#include "actors/ingest/intake.hpp"
#include "actors/ingest/interface.hpp"
#include "actors/log_writer/interface.hpp"
#include "actors/partition/interface.hpp"
#include "base/credit.hpp"
#include "ports/clock.hpp"
#include "ports/metrics.hpp"
#include "ports/services.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <optional>

namespace cxstream::actors {

struct ingest_config {
  const ports::clock& clock;
  ports::metrics& metrics;
  log_writer_actor log_writer;
  std::vector<partition_actor> partitions;                    // by partition id
  std::function<std::shared_ptr<const intake_rules>()> rules; // those in force now; thread-safe
  std::shared_ptr<ports::ingest_listener> listener;
  std::uint32_t credit_events = base::credit_events_default;
  std::vector<std::string> sources = {}; // source systems that the client may send events of; empty: any
  std::chrono::seconds answer_timeout{30};
};

class ingest_state {
public:
  static inline const char* name = "ingest";

  explicit ingest_state(ingest_actor::pointer self) : self_(self) {
  }
  ~ingest_state();
  ingest_actor::behavior_type start(ingest_config config);

private:
  struct owed_batch {
    v1::PublishResponse answer;
    base::timestamp submitted_at;
    std::size_t open_requests = 0;
  };
  // Where an entry came from: one of the batches owed, and its place in it.
  struct origin {
    std::uint64_t owed_id;
    int place;
  };
  // What waits to go to one partition; the entries of a batch are next to each other.
  struct routed {
    std::vector<protocols::log_entry> entries;
    std::vector<origin> origins; // of the entries
  };

  void submit(submit_batch& batch);
  void gather(std::uint64_t owed_id, owed_batch& owed, int place, accepted_event accepted);
  void route_soon();
  void route_gathered();
  bool is_allowed(const std::string& source_system) const;
  void refuse(const refused_event& refused, std::string bytes, base::timestamp now, v1::EventResult& result,
              keep_dead_letters& letters);
  void keep(const v1::DeadLetter& letter, v1::EventResult& result, keep_dead_letters& letters);
  void route(base::partition_id partition, routed group);
  void bury(std::uint64_t owed_id, keep_dead_letters letters);
  void decided(base::partition_id partition, const std::vector<origin>& origins, const append_answer& answer);
  void request_done(std::uint64_t owed_id);
  void watch();
  void fail(base::error why);

  ingest_actor::pointer self_;
  std::optional<ingest_config> config_;
  std::map<std::uint64_t, owed_batch> owed_; // oldest first
  std::uint64_t next_owed_ = 0;
  std::vector<routed> gathered_; // by partition id
  std::size_t gathered_entries_ = 0;
  bool route_scheduled_ = false;
  v1::CanonicalEvent scratch_;
  bool failed_ = false;
};

ingest_actor::behavior_type ingest(ingest_actor::stateful_pointer<ingest_state> self, ingest_config config);

} // namespace cxstream::actors
