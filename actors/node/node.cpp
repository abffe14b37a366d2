#include "actors/node/node.hpp"

#include "actors/log_writer/log_writer.hpp"
#include "actors/partition/partition.hpp"
#include "model/content_hash.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace cxstream::actors {

base::partition_id node_parts::partition_of(std::string_view ticket_id) const {
  return model::partition_of(ticket_id, config.partitions);
}

const partition_actor& node_parts::actor_for(std::string_view ticket_id) const {
  return partitions[partition_of(ticket_id).value];
}

node::node(caf::actor_system& system, node_config config) : system_(system), config_(std::move(config)) {
}

node::~node() {
  stop(std::chrono::seconds{10});
}

base::result<std::unique_ptr<node>> node::start(caf::actor_system& system, node_config config) {
  std::unique_ptr<node> n(new node(system, std::move(config)));
  auto& c = n->config_;
  log_writer_config writer{c.store, c.clock, c.metrics};
  writer.on_failure = [&log = c.log, &writable = n->writable_](const base::error& why) {
    if (writable.exchange(false))
      log.error("the log cannot be written; sources are told to wait", {{"why", why.message}});
    else
      log.warn_sparsely("log-writer", std::chrono::seconds{10}, "the log still cannot be written",
                        {{"why", why.message}});
  };
  writer.on_mended = [&log = c.log, &writable = n->writable_] {
    writable = true;
    log.info("the log can be written again");
  };
  n->log_writer_ =
      c.dedicated_threads ? system.spawn<caf::detached>(log_writer, writer) : system.spawn(log_writer, writer);
  for (std::uint16_t i = 0; i < c.partitions; ++i) {
    partition_config p{base::partition_id{i}, base::epoch{1}, c.store, c.metrics, n->log_writer_};
    p.dedup_window = c.dedup_window;
    p.checkpoint_every = c.checkpoint_every;
    p.live_weight_max = std::max<std::size_t>(1, c.live_tickets_max / c.partitions);
    p.on_failure = [&log = c.log, i, writer = n->log_writer_](const base::error& why) {
      caf::anon_send(writer, mend_atom_v);
      log.warn_sparsely("partition", std::chrono::seconds{5}, "a partition cannot go on; it looks again until it can",
                        {{"partition", i}, {"why", why.message}});
    };
    n->partitions_.push_back(system.spawn(partition, p));
  }
  if (auto recovered = n->recover(); !recovered)
    return recovered.err();
  n->sinks_ = std::make_unique<sink_roster>(system, c, n->log_writer_, n->partitions_);
  if (auto started = n->sinks_->start(); !started)
    return started.err();
  const auto letters = std::make_shared<letter_board>();
  const letter_watch_config watch{c.store, c.clock, c.metrics, c.log, letters, c.letters};
  n->letter_watch_ =
      c.dedicated_threads ? system.spawn<caf::detached>(letter_watch, watch) : system.spawn(letter_watch, watch);
  n->replays_ = std::make_unique<replay_roster>(system, c, *n->sinks_, n->log_writer_);
  if (auto started = n->replays_->start(); !started)
    return started.err();
  n->parts_.reset(new node_parts{system, c, n->log_writer_, n->partitions_, *n->sinks_, n->intake_, c.clock.now(),
                                 letters, *n->replays_});
  n->parts_->reconciling = std::make_unique<reconcile_desk>(*n->parts_);
  n->parts_->reconciling->start();
  n->ingest_ = make_ingest_gate(*n->parts_);
  n->subscribers_ = make_subscriber_gate(*n->parts_);
  n->query_ = make_query_service(*n->parts_);
  n->admin_ = make_admin_service(*n->parts_);
  return n;
}

// Partitions recover as they start; the first answer of each says how that went.
base::result<void> node::recover() {
  caf::scoped_actor self{system_};
  base::result<void> all;
  for (const auto& p : partitions_)
    self->request(p, std::chrono::minutes{30}, ask_totals{})
        .receive(
            [&](const bytes_answer& answer) {
              if (!answer.result.ok)
                all = answer.result.why;
            },
            [&](const caf::error&) {
              all = base::error{base::error_code::internal, "a partition ended while it recovered"};
            });
  return all;
}

ports::ingest_gate& node::ingest() {
  return *ingest_;
}
ports::subscriber_gate& node::subscribers() {
  return *subscribers_;
}
ports::query_service& node::query() {
  return *query_;
}
ports::admin_service& node::admin() {
  return *admin_;
}

void node::stop(std::chrono::milliseconds at_most) {
  if (std::exchange(stopped_, true))
    return;
  if (parts_)
    parts_->reconciling->stop(at_most);
  if (replays_)
    replays_->stop(at_most);
  if (sinks_)
    sinks_->stop(at_most);
  caf::scoped_actor self{system_};
  if (letter_watch_)
    self->request(letter_watch_, at_most, stop_atom_v).receive([](const verdict&) {}, [](const caf::error&) {});
  for (const auto& p : partitions_)
    self->request(p, at_most, stop_atom_v).receive([](const verdict&) {}, [](const caf::error&) {});
  self->request(log_writer_, at_most, stop_atom_v).receive([](const verdict&) {}, [](const caf::error&) {});
}

} // namespace cxstream::actors
