// A node: all its actors, and the services that transports offer of it. Owns the actors; what it stands on (store,
// clock, metrics, log, actor system) must outlive it. Thread-safe after start().
#pragma once

#include "actors/log_writer/interface.hpp"
#include "actors/node/node_config.hpp"
#include "actors/node/reconcile_desk.hpp"
#include "actors/node/replay_roster.hpp"
#include "actors/node/sink_roster.hpp"
#include "ports/services.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <vector>

namespace cxstream::actors {

// Events since the process started.
struct intake_counters {
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> rejected{0};
};

// What the services of a node share.
struct node_parts {
  caf::actor_system& system;
  const node_config& config;
  log_writer_actor log_writer;
  std::vector<partition_actor> partitions;
  sink_roster& sinks;
  intake_counters& intake;
  base::timestamp started_at;
  std::shared_ptr<const letter_board> letters;
  replay_roster& replays;
  std::unique_ptr<reconcile_desk> reconciling = {};

  base::partition_id partition_of(std::string_view ticket_id) const;
  const partition_actor& actor_for(std::string_view ticket_id) const;
};

class node {
public:
  // Starts everything: reads the log back, then the sinks. Blocks until the partitions are recovered.
  // Errors: corrupt, io, invalid_argument (a sink's filter or projection).
  static base::result<std::unique_ptr<node>> start(caf::actor_system& system, node_config config);
  ~node();

  ports::ingest_gate& ingest();
  ports::subscriber_gate& subscribers();
  ports::query_service& query();
  ports::admin_service& admin();

  // False while the log cannot be written.
  bool writable() const {
    return writable_;
  }

  // Ends sinks, then partitions (with a last checkpoint), then the log writer, in at most that time each.
  void stop(std::chrono::milliseconds at_most);

private:
  node(caf::actor_system& system, node_config config);
  base::result<void> recover();

  caf::actor_system& system_;
  node_config config_;
  intake_counters intake_;
  log_writer_actor log_writer_;
  std::vector<partition_actor> partitions_;
  std::unique_ptr<sink_roster> sinks_;
  letter_watch_actor letter_watch_;
  std::unique_ptr<replay_roster> replays_;
  std::unique_ptr<node_parts> parts_;
  std::unique_ptr<ports::ingest_gate> ingest_;
  std::unique_ptr<ports::subscriber_gate> subscribers_;
  std::unique_ptr<ports::query_service> query_;
  std::unique_ptr<ports::admin_service> admin_;
  std::atomic<bool> writable_ = true;
  bool stopped_ = false;
};

// The services; each in the file of its name.
std::unique_ptr<ports::ingest_gate> make_ingest_gate(const node_parts& parts);
std::unique_ptr<ports::subscriber_gate> make_subscriber_gate(const node_parts& parts);
std::unique_ptr<ports::query_service> make_query_service(const node_parts& parts);
std::unique_ptr<ports::admin_service> make_admin_service(const node_parts& parts);

} // namespace cxstream::actors
