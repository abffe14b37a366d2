#include "actors/node/replay_roster.hpp"

#include "actors/replay/replay.hpp"
#include "model/content_hash.hpp"
#include "model/filter.hpp"
#include "model/revision.hpp"
#include "ports/keys.hpp"
#include "protocols/history.hpp"
#include "protocols/replay_selection.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <cstdio>
#include <unordered_set>

namespace cxstream::actors {

using ports::family;
namespace keys = ports::keys;

namespace {

constexpr std::size_t finished_kept_max = 100;
constexpr std::size_t preview_page = 1'024;
constexpr std::uint64_t preview_events_max = 20'000'000;

const char* safety_of(const sink_entry& sink) {
  if (sink.coalesces)
    return "state";
  return sink.traits.guards_regress ? "guarded" : "history";
}

base::result<sink_entry> sink_of(const sink_roster& sinks, const v1::ReplaySelection& selection) {
  if (auto right = protocols::check(selection); !right)
    return right.err();
  auto sink = sinks.find(selection.sink());
  if (sink && sink->kind == "subscriber")
    return base::error{base::error_code::failed_precondition,
                       "'" + selection.sink() + "' is a subscriber; it reads again by itself from where it seeks"};
  return sink;
}

std::string new_id(base::timestamp now) {
  char text[32];
  std::snprintf(text, sizeof text, "replay-%014llx", static_cast<unsigned long long>(base::to_us(now)));
  return text;
}

// What a preview has seen.
struct survey {
  std::uint64_t looked_at = 0;
  std::uint64_t events = 0;
  std::unordered_set<std::string> tickets;
  bool cut = false;
};

base::result<void> look_at(const ports::store& store, base::partition_id p, protocols::replay_sieve& sieve,
                           survey& seen) {
  auto end = protocols::end_of_history(store, p);
  if (!end)
    return end.err();
  for (base::log_offset from{0}; from < end->next_offset && !seen.cut;) {
    auto run = protocols::read_history(store, p, from, end->next_offset, preview_page);
    if (!run)
      return run.err();
    if (run->next_offset <= from)
      break;
    for (const auto& item : run->items) {
      ++seen.looked_at;
      if (!sieve.takes(item.event))
        continue;
      ++seen.events;
      seen.tickets.insert(item.ticket_id);
    }
    seen.cut = seen.looked_at >= preview_events_max;
    from = run->next_offset;
  }
  return {};
}

} // namespace

replay_roster::replay_roster(caf::actor_system& system, const node_config& config, const sink_roster& sinks,
                             log_writer_actor log_writer)
    : system_(system), config_(config), sinks_(sinks), log_writer_(std::move(log_writer)) {
}

base::result<void> replay_roster::start() {
  auto all = written();
  if (!all)
    return all.err();
  for (const auto& job : *all) {
    if (job.state() != v1::REPLAY_RUNNING && job.state() != v1::REPLAY_PAUSED)
      continue;
    if (auto spawned = spawn(job); !spawned)
      config_.log.warn("a replay cannot go on", {{"replay", job.id()}, {"why", spawned.err().message}});
  }
  return prune();
}

base::result<void> replay_roster::spawn(const v1::Replay& job) {
  auto sink = sink_of(sinks_, job.selection());
  if (!sink)
    return sink.err();
  auto filter = model::compile_filter(sink->filter);
  if (!filter)
    return filter.err();
  replay_config settings{config_.store, config_.clock, sink->partitions, *filter, job, {}, config_.seed};
  settings.limits.send_events_max = sink->traits.batch_events_max;
  settings.limits.retry = sink->retry;
  settings.limits.sends_state = sink->coalesces;
  settings.on_over = [&log = config_.log](const v1::Replay& over) {
    log.info("a replay is over", {{"replay", over.id()},
                                  {"sink", over.selection().sink()},
                                  {"how", v1::ReplayState_Name(over.state())},
                                  {"delivered", over.delivered()},
                                  {"failed", over.failed()}});
  };
  settings.on_failure = [writer = log_writer_](const base::error&) { caf::anon_send(writer, mend_atom_v); };
  const std::lock_guard lock(mutex_);
  running_.emplace(job.id(), system_.spawn(replay, std::move(settings)));
  return {};
}

base::result<v1::Replay> replay_roster::begin(const v1::StartReplayRequest& request) {
  auto sink = sink_of(sinks_, request.selection());
  if (!sink)
    return sink.err();
  if (std::string_view(safety_of(*sink)) == "history" && !request.allow_history())
    return base::error{base::error_code::failed_precondition,
                       "sink '" + sink->name +
                           "' keeps history and does not itself guard against older data: what is replayed comes after "
                           "newer events, marked as replayed (allow_history does it all the same)"};
  v1::Replay job;
  const auto now = config_.clock.now();
  job.set_id(new_id(now));
  *job.mutable_selection() = request.selection();
  job.set_events_per_second(std::max(0.0, request.events_per_second()));
  job.set_allow_history(request.allow_history());
  job.set_state(v1::REPLAY_RUNNING);
  model::set_us(*job.mutable_created_at(), base::to_us(now));
  for (const auto p : partitions_of(request.selection())) {
    auto end = protocols::end_of_history(config_.store, p);
    if (!end)
      return end.err();
    auto& place = *job.add_places();
    place.set_partition(p.value);
    place.set_end_offset(end->next_offset.value);
  }
  if (auto kept = write(job); !kept)
    return kept.err();
  if (auto spawned = spawn(job); !spawned)
    return spawned.err();
  config_.log.info("a replay was started", {{"replay", job.id()}, {"sink", sink->name}});
  return job;
}

base::result<v1::PreviewReplayResponse> replay_roster::preview(const v1::PreviewReplayRequest& request) const {
  const auto& selection = request.selection();
  auto sink = sink_of(sinks_, selection);
  if (!sink)
    return sink.err();
  auto filter = model::compile_filter(sink->filter);
  if (!filter)
    return filter.err();
  survey seen;
  protocols::replay_sieve sieve(selection, *filter);
  for (const auto p : partitions_of(selection)) {
    if (seen.cut)
      break;
    if (auto looked = look_at(config_.store, p, sieve, seen); !looked)
      return looked.err();
  }
  v1::PreviewReplayResponse out;
  out.set_looked_at(seen.looked_at);
  out.set_events(seen.events);
  out.set_tickets(seen.tickets.size());
  const auto deliveries = sink->coalesces ? seen.tickets.size() : seen.events;
  out.set_deliveries(deliveries);
  const auto batch = sink->traits.request_an_event ? 1 : std::max<std::size_t>(1, sink->traits.batch_events_max);
  out.set_calls((deliveries + batch - 1) / batch);
  out.set_safety(safety_of(*sink));
  double per_second = request.events_per_second();
  if (const auto calls = sink->requests_per_second; calls > 0) {
    const auto most = calls * static_cast<double>(batch);
    per_second = per_second > 0 ? std::min(per_second, most) : most;
  }
  if (per_second > 0)
    out.set_seconds(static_cast<double>(deliveries) / per_second);
  if (seen.cut)
    out.add_warnings("only the first " + std::to_string(seen.looked_at) + " events were looked at; there are more");
  if (out.safety() == "history")
    out.add_warnings("the sink keeps history: replayed events come after newer ones, marked as replayed, and must be "
                     "allowed");
  if (sink->calls_per_day > 0 && out.calls() > sink->calls_per_day * 4 / 5)
    out.add_warnings("it needs more calls than a day's budget leaves to replays");
  return out;
}

// Those that may have an event of the selection.
std::vector<base::partition_id> replay_roster::partitions_of(const v1::ReplaySelection& selection) const {
  if (!selection.ticket_id().empty())
    return {model::partition_of(selection.ticket_id(), config_.partitions)};
  std::vector<base::partition_id> out;
  for (std::uint16_t i = 0; i < config_.partitions; ++i)
    out.push_back(base::partition_id{i});
  return out;
}

base::result<v1::Replay> replay_roster::written(const std::string& id) const {
  auto found = config_.store.get(family::meta, keys::replay(id));
  if (!found)
    return found.err();
  v1::Replay job;
  if (!*found || !job.ParseFromString(**found))
    return base::error{base::error_code::not_found, "there is no replay '" + id + "'"};
  return job;
}

base::result<std::vector<v1::Replay>> replay_roster::written() const {
  std::vector<v1::Replay> out;
  const auto visit = [&](std::string_view, std::string_view value) {
    v1::Replay job;
    if (job.ParseFromArray(value.data(), static_cast<int>(value.size())))
      out.push_back(std::move(job));
    return true;
  };
  const auto prefix = keys::replay_prefix();
  if (auto scanned = config_.store.scan(family::meta, prefix, keys::after_prefix(prefix), visit); !scanned)
    return scanned.err();
  std::reverse(out.begin(), out.end()); // ids grow with time
  return out;
}

base::result<void> replay_roster::prune() {
  auto all = written();
  if (!all)
    return all.err();
  std::size_t finished = 0;
  ports::write_batch batch;
  for (const auto& job : *all)
    if ((job.state() == v1::REPLAY_DONE || job.state() == v1::REPLAY_CANCELLED) && ++finished > finished_kept_max)
      batch.erase(family::meta, keys::replay(job.id()));
  if (finished <= finished_kept_max)
    return {};
  return config_.store.write(batch, ports::durability::buffered);
}

base::result<void> replay_roster::write(const v1::Replay& job) {
  ports::write_batch batch;
  batch.put(family::meta, keys::replay(job.id()), job.SerializeAsString());
  auto written = config_.store.write(batch, ports::durability::synced);
  if (!written)
    caf::anon_send(log_writer_, mend_atom_v);
  return written;
}

std::optional<replay_actor> replay_roster::running(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  return found == running_.end() ? std::nullopt : std::optional(found->second);
}

void replay_roster::stop(std::chrono::milliseconds at_most) {
  const std::lock_guard lock(mutex_);
  caf::scoped_actor self{system_};
  for (const auto& [id, actor] : running_)
    self->request(actor, at_most, stop_atom_v).receive([](const verdict&) {}, [](const caf::error&) {});
  running_.clear();
}

} // namespace cxstream::actors
