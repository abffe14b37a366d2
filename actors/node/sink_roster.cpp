#include "actors/node/sink_roster.hpp"

#include "actors/courier/courier.hpp"
#include "actors/sink/sink.hpp"
#include "actors/subscriber/subscriber.hpp"
#include "actors/target_worker/target_worker.hpp"
#include "model/filter.hpp"
#include "model/projection.hpp"
#include "ports/keys.hpp"
#include "protocols/history.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace cxstream::actors {

using ports::family;
namespace keys = ports::keys;

namespace {

constexpr std::size_t subscriber_name_max = 64;
constexpr std::uint32_t batches_in_flight = 8; // of one partition; a replay's comes beside them
constexpr std::size_t batches_a_partition = batches_in_flight + 2;

protocols::retry_policy retry_of(const config::retry_config& c) {
  return {{c.backoff_initial, c.backoff_max, c.backoff_factor, c.jitter}, c.attempts_max};
}

bool coalesces(const config::sink_config& settings, const ports::target_traits& traits) {
  return settings.coalesce.value_or(traits.wants_state);
}

protocols::gate_limits gate_limits_of(const config::sink_config& settings, const ports::target_traits& traits,
                                      std::size_t queue_batches_max) {
  const auto& a = settings.allowance;
  protocols::gate_limits limits{traits.batch_events_max, traits.concurrency, queue_batches_max};
  limits.concurrency_min = std::min<std::size_t>(a.concurrency_min, traits.concurrency);
  limits.one_event_a_ticket = traits.one_event_a_ticket;
  limits.request_an_event = traits.request_an_event;
  limits.allowance = {a.per_second, a.burst, a.calls_per_day, std::chrono::hours{a.reset_hour}};
  return limits;
}

base::result<void> check_name(const std::string& name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
  if (!name.empty() && name.size() <= subscriber_name_max && std::all_of(name.begin(), name.end(), fits))
    return {};
  return base::error{base::error_code::invalid_argument,
                     "'" + name + "' is not a name for a subscriber; use 1 to 64 letters, digits, '-', '_', '.'"};
}

} // namespace

sink_roster::sink_roster(caf::actor_system& system, const node_config& config, log_writer_actor log_writer,
                         std::vector<partition_actor> partitions)
    : system_(system), config_(config), log_writer_(std::move(log_writer)), partitions_(std::move(partitions)) {
}

base::result<void> sink_roster::start() {
  for (const auto& setup : config_.sinks) {
    auto entry = spawn_configured(setup);
    if (!entry)
      return entry.err();
    entries_.emplace(entry->name, std::move(*entry));
  }
  const auto prefix = keys::sink_record_prefix();
  std::vector<v1::StartSubscription> known;
  const auto visit = [&](std::string_view, std::string_view value) {
    v1::SinkRecord record;
    v1::StartSubscription start;
    if (record.ParseFromArray(value.data(), static_cast<int>(value.size())) && !record.subscription().empty() &&
        start.ParseFromString(record.subscription()))
      known.push_back(std::move(start));
    return true;
  };
  if (auto scanned = config_.store.scan(family::meta, prefix, keys::after_prefix(prefix), visit); !scanned)
    return scanned.err();
  for (const auto& start : known) {
    auto entry = spawn_subscriber(start);
    if (!entry)
      return entry.err();
    entries_.emplace(entry->name, std::move(*entry));
  }
  return {};
}

base::result<sink_entry> sink_roster::spawn_configured(const sink_setup& configured) {
  auto setup = configured;
  if (const auto most = setup.config.allowance.concurrency_max; most > 0)
    setup.traits.concurrency = std::min<std::size_t>(setup.traits.concurrency, most);
  auto record = record_of(setup.config.name);
  if (!record)
    return record.err();
  auto spent = budget_of(setup.config.name);
  if (!spent)
    return spent.err();
  sink_entry entry{setup.config.name, setup.config.kind, setup.config.filter, setup.config.projection,
                   record->paused()};
  std::vector<connector_worker_actor> workers;
  for (std::size_t i = 0; i < setup.traits.concurrency; ++i) {
    target_worker_config worker{setup.make_target, config_.clock, std::chrono::milliseconds{1'000},
                                [&log = config_.log, name = setup.config.name](const base::error& why) {
                                  log.warn_sparsely("open-" + name, std::chrono::seconds{10},
                                                    "a target cannot be opened; trying again",
                                                    {{"sink", name}, {"why", why.message}});
                                }};
    if (config_.dedicated_threads)
      workers.push_back(system_.spawn<caf::detached>(target_worker, worker));
    else
      workers.push_back(system_.spawn(target_worker, worker));
  }
  entry.courier =
      spawn_courier(entry.name, setup.config, setup.traits, {workers.begin(), workers.end()}, workers.front(), *spent);
  if (auto spawned = spawn_partitions(entry, setup.config, setup.traits); !spawned)
    return spawned.err();
  return entry;
}

base::result<sink_entry> sink_roster::spawn_subscriber(const v1::StartSubscription& start) {
  auto record = record_of(start.name());
  if (!record)
    return record.err();
  sink_entry entry{start.name(), "subscriber", start.filter(), start.projection(), record->paused()};
  entry.subscriber = system_.spawn(subscriber, subscriber_config{config_.clock});
  config::sink_config settings;
  settings.name = start.name();
  settings.filter = start.filter();
  settings.allowance.concurrency_min = static_cast<std::uint32_t>(partitions_.size()); // a consumer's credits limit it
  const ports::target_traits traits{256, partitions_.size(), false, false};
  entry.courier =
      spawn_courier(entry.name, settings, traits, {caf::actor_cast<target_worker_actor>(entry.subscriber)}, {}, {});
  if (auto spawned = spawn_partitions(entry, settings, traits); !spawned)
    return spawned.err();
  return entry;
}

base::result<protocols::budget_account> sink_roster::budget_of(const std::string& name) const {
  auto found = config_.store.get(family::meta, keys::sink_budget(name));
  if (!found)
    return found.err();
  v1::SinkBudget kept;
  if (*found && !kept.ParseFromString(**found))
    return base::error{base::error_code::corrupt, "the budget of sink " + name + " cannot be read"};
  return protocols::budget_account{base::from_us(kept.since_us()), kept.spent()};
}

courier_actor sink_roster::spawn_courier(const std::string& name, const config::sink_config& settings,
                                         const ports::target_traits& traits, std::vector<target_worker_actor> workers,
                                         connector_worker_actor mender, const protocols::budget_account& spent) {
  courier_config courier_settings{name,
                                  config_.clock,
                                  config_.metrics,
                                  gate_limits_of(settings, traits, partitions_.size() * batches_a_partition),
                                  {},
                                  traits.keeps_position,
                                  std::move(workers),
                                  std::move(mender),
                                  config_.seed ^ std::hash<std::string>{}(name)};
  courier_settings.breaker.failures_to_open = settings.breaker.failures_to_open;
  courier_settings.breaker.open_initial = settings.breaker.open_initial;
  courier_settings.breaker.open_max = settings.breaker.open_max;
  courier_settings.coalesces = coalesces(settings, traits);
  if (settings.allowance.calls_per_day > 0) {
    courier_settings.budget_spent = spent;
    courier_settings.keep_budget = [this, name](const protocols::budget_account& account) {
      v1::SinkBudget kept;
      kept.set_since_us(base::to_us(account.since));
      kept.set_spent(account.spent);
      ports::write_batch batch;
      batch.put(family::meta, keys::sink_budget(name), kept.SerializeAsString());
      (void)config_.store.write(batch, ports::durability::buffered); // the next one comes in a second
    };
  }
  courier_settings.on_breaker = [&log = config_.log, name](ports::breaker_state state, const std::string& why) {
    if (state == ports::breaker_state::open)
      log.warn_sparsely("breaker-" + name, std::chrono::seconds{10}, "a target is down; its sink waits",
                        {{"sink", name}, {"why", why}});
    else if (state == ports::breaker_state::closed)
      log.info("a target is back", {{"sink", name}});
  };
  return system_.spawn(courier, std::move(courier_settings));
}

base::result<void> sink_roster::spawn_partitions(sink_entry& entry, const config::sink_config& settings,
                                                 const ports::target_traits& traits) {
  entry.traits = traits;
  entry.coalesces = coalesces(settings, traits);
  entry.retry = retry_of(settings.retry);
  entry.requests_per_second = settings.allowance.per_second;
  entry.calls_per_day = settings.allowance.calls_per_day;
  auto filter = model::compile_filter(settings.filter);
  if (!filter)
    return base::error{filter.err().code, "sink '" + entry.name + "': " + filter.err().message};
  if (auto projection = model::compile_projection(settings.projection); !projection)
    return base::error{projection.err().code, "sink '" + entry.name + "': " + projection.err().message};
  const auto batch = static_cast<std::uint32_t>(traits.batch_events_max);
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    sink_actor_config c{entry.name,
                        base::partition_id{static_cast<std::uint16_t>(i)},
                        config_.store,
                        config_.clock,
                        config_.metrics,
                        partitions_[i],
                        entry.courier,
                        *filter,
                        {settings.in_flight_events_max, settings.lanes_max, batch, batches_in_flight,
                         traits.one_event_a_ticket, entry.coalesces},
                        entry.retry,
                        traits.guards_regress,
                        traits.affinity,
                        entry.paused,
                        config_.seed + i};
    c.on_failure = [&log = config_.log, name = entry.name, writer = log_writer_](const base::error& why) {
      caf::anon_send(writer, mend_atom_v);
      log.warn_sparsely("ledger-" + name, std::chrono::seconds{10},
                        "a sink cannot write its cursor; it waits for the disk",
                        {{"sink", name}, {"why", why.message}});
    };
    entry.partitions.push_back(system_.spawn(sink, std::move(c)));
  }
  return {};
}

std::vector<sink_entry> sink_roster::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<sink_entry> out;
  for (const auto& [name, entry] : entries_)
    out.push_back(entry);
  return out;
}

base::result<sink_entry> sink_roster::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (const auto it = entries_.find(name); it != entries_.end())
    return it->second;
  std::string known;
  for (const auto& [other, entry] : entries_)
    known += (known.empty() ? "" : ", ") + other;
  return base::error{base::error_code::not_found,
                     "there is no sink '" + name + "'; there " + (known.empty() ? "are none" : "is: " + known)};
}

base::result<sink_entry> sink_roster::subscriber_for(const v1::StartSubscription& start) {
  if (auto named = check_name(start.name()); !named)
    return named.err();
  const std::lock_guard lock(mutex_);
  if (const auto it = entries_.find(start.name()); it != entries_.end()) {
    if (it->second.kind == "subscriber")
      return it->second;
    return base::error{base::error_code::already_exists,
                       "'" + start.name() + "' is the name of a configured sink; choose another"};
  }
  if (auto written = write_new_subscriber(start); !written)
    return written.err();
  auto entry = spawn_subscriber(start);
  if (!entry)
    return entry.err();
  entries_.emplace(start.name(), *entry);
  return entry;
}

// Its record, and where it begins when it wants only what is to come; in one write, so that no crash comes between.
base::result<void> sink_roster::write_new_subscriber(const v1::StartSubscription& start) {
  if (auto filter = model::compile_filter(start.filter()); !filter)
    return filter.err();
  if (auto projection = model::compile_projection(start.projection()); !projection)
    return projection.err();
  v1::SinkRecord record;
  record.set_subscription(start.SerializeAsString());
  ports::write_batch batch;
  batch.put(family::meta, keys::sink_record(start.name()), record.SerializeAsString());
  for (std::uint16_t i = 0; start.start_at() == v1::LATEST && i < partitions_.size(); ++i) {
    const base::partition_id p{i};
    auto end = protocols::end_of_history(config_.store, p);
    if (!end)
      return end.err();
    v1::SinkCursor cursor;
    cursor.set_next_offset(end->next_offset.value);
    cursor.set_history_base(end->events_below);
    batch.put(family::cursors, keys::sink_partition(start.name(), p), cursor.SerializeAsString());
  }
  return write(batch);
}

base::result<void> sink_roster::pause(const std::string& name, bool paused) {
  auto entry = find(name);
  if (!entry)
    return entry.err();
  auto record = record_of(name);
  if (!record)
    return record.err();
  record->set_paused(paused);
  if (auto written = write_record(name, *record); !written)
    return written.err();
  for (const auto& partition : entry->partitions)
    caf::anon_send(partition, pause_delivery{paused});
  const std::lock_guard lock(mutex_);
  if (const auto it = entries_.find(name); it != entries_.end())
    it->second.paused = paused;
  return {};
}

base::result<void> sink_roster::erase_subscriber(const std::string& name) {
  auto entry = find(name);
  if (!entry)
    return entry.err();
  if (entry->kind != "subscriber")
    return base::error{base::error_code::failed_precondition,
                       "'" + name + "' is a configured sink; take it out of the configuration instead"};
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(name);
  }
  stop_entry(*entry, std::chrono::seconds{10});
  ports::write_batch batch;
  batch.erase(family::meta, keys::sink_record(name));
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    const base::partition_id p{static_cast<std::uint16_t>(i)};
    const auto cursor = keys::sink_partition(name, p);
    batch.erase(family::cursors, cursor);
    batch.erase_range(family::waiting, cursor, keys::after_prefix(cursor));
    const auto letters = keys::dead_delivery_prefix(name, p);
    batch.erase_range(family::dead_letters, letters, keys::after_prefix(letters));
  }
  return write(batch);
}

base::result<void> sink_roster::write(const ports::write_batch& batch) {
  auto written = config_.store.write(batch, ports::durability::synced);
  if (!written)
    caf::anon_send(log_writer_, mend_atom_v);
  return written;
}

base::result<v1::SinkRecord> sink_roster::record_of(const std::string& name) const {
  auto found = config_.store.get(family::meta, keys::sink_record(name));
  if (!found)
    return found.err();
  v1::SinkRecord record;
  if (*found && !record.ParseFromString(**found))
    return base::error{base::error_code::corrupt, "the record of sink '" + name + "' cannot be read"};
  return record;
}

base::result<void> sink_roster::write_record(const std::string& name, const v1::SinkRecord& record) {
  ports::write_batch batch;
  batch.put(family::meta, keys::sink_record(name), record.SerializeAsString());
  return write(batch);
}

// Sinks first, so that nothing new is given to the target, then the courier with its workers.
void sink_roster::stop_entry(const sink_entry& entry, std::chrono::milliseconds at_most) {
  caf::scoped_actor self{system_};
  for (const auto& partition : entry.partitions)
    self->request(partition, at_most, stop_atom_v).receive([](const verdict&) {}, [](const caf::error&) {});
  self->request(entry.courier, at_most, stop_atom_v).receive([](const verdict&) {}, [](const caf::error&) {});
}

void sink_roster::stop(std::chrono::milliseconds at_most) {
  std::map<std::string, sink_entry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries.swap(entries_);
  }
  for (const auto& [name, entry] : entries)
    stop_entry(entry, at_most);
}

} // namespace cxstream::actors
