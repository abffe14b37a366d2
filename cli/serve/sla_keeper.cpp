#include "serve/sla_keeper.hpp"

#include "model/revision.hpp"
#include "ports/keys.hpp"

#include <array>
#include <utility>

namespace cxstream::cli {

namespace {

namespace keys = ports::keys;
using namespace std::chrono_literals;

constexpr std::uint32_t days_default = 7;
constexpr std::uint32_t days_max = 92;
// Of a fast fire, a slow one and a smoulder, as in Google's SRE workbook, and of the last five minutes.
constexpr std::array<std::chrono::seconds, 4> burn_windows{5min, 1h, 6h, 72h};

protocols::sla_promise promise_of(const config::sla_config& sla) {
  return {sla.share, sla.within, sla.of == "received" ? protocols::sla_from::received : protocols::sla_from::occurred,
          sla.window};
}

void fill(v1::SlaCounts& out, const protocols::sla_counts& counts) {
  out.set_kept(counts.kept);
  out.set_slow(counts.slow);
  out.set_dead(counts.dead);
  out.set_unmeasured(counts.unmeasured);
}

v1::SinkSla report(const std::string& sink, const protocols::sla_book& book, std::uint32_t days, base::timestamp now) {
  v1::SinkSla out;
  const auto& promise = book.promise();
  out.set_sink(sink);
  out.set_share(promise.share);
  out.set_within_ms(static_cast<std::uint64_t>(promise.within.count()));
  out.set_from(promise.from == protocols::sla_from::received ? v1::SLA_FROM_RECEIVED : v1::SLA_FROM_OCCURRED);
  out.set_window_seconds(static_cast<std::uint64_t>(promise.window.count()));
  model::set_us(*out.mutable_since(), base::to_us(book.since()));
  fill(*out.mutable_window(), book.window(now));
  out.set_budget_left(book.budget_left(now));
  for (const auto window : burn_windows) {
    auto& burn = *out.add_burn();
    burn.set_window_seconds(static_cast<std::uint64_t>(window.count()));
    burn.set_rate(book.burn_rate(window, now));
  }
  const auto today = std::chrono::floor<std::chrono::days>(now);
  for (auto back = static_cast<int>(days) - 1; back >= 0; --back) {
    const base::timestamp day = today - std::chrono::days{back};
    auto& row = *out.add_days();
    model::set_us(*row.mutable_day(), base::to_us(day));
    fill(*row.mutable_counts(), book.between(day, day + 24h));
  }
  return out;
}

} // namespace

base::result<void> sla_keeper::open(const config::node_config& config) {
  for (const auto& sink : config.sinks)
    if (sink.sla)
      if (auto opened = open(sink); !opened)
        return opened;
  look();
  return {};
}

base::result<void> sla_keeper::open(const config::sink_config& sink) {
  const auto now = clock_.now();
  auto kept = store_.get(ports::family::meta, keys::sla_record(sink.name));
  if (!kept)
    return kept.err();
  v1::SlaRecord record;
  if (!*kept || !record.ParseFromString(**kept)) {
    record.set_since_us(base::to_us(now));
    ports::write_batch batch;
    batch.put(ports::family::meta, keys::sla_record(sink.name), record.SerializeAsString());
    if (auto written = store_.write(batch, ports::durability::buffered); !written)
      return written;
  }
  auto m = std::make_unique<measured>(promise_of(*sink.sla), base::from_us(record.since_us()));
  m->book.set_moved_at(base::from_us(record.moved_at_us()));
  const auto first = m->book.forget(now);
  const auto visit = [&](std::string_view key, std::string_view value) {
    v1::SlaHour hour;
    if (hour.ParseFromArray(value.data(), static_cast<int>(value.size())))
      m->book.load(keys::sla_hour_of(key), hour);
    return true;
  };
  const auto prefix = keys::sla_hour_prefix(sink.name);
  if (auto read = store_.scan(ports::family::meta, keys::sla_hour(sink.name, first), keys::after_prefix(prefix), visit);
      !read)
    return read;
  sinks_.emplace(sink.name, std::move(m));
  return {};
}

sla_keeper::measured* sla_keeper::find(std::string_view sink) const {
  const auto found = sinks_.find(sink);
  return found == sinks_.end() ? nullptr : found->second.get();
}

void sla_keeper::dead(std::string_view sink, std::uint64_t events) {
  metrics_relay::dead(sink, events);
  if (auto* m = find(sink)) {
    const std::lock_guard lock(m->mutex);
    m->book.dead(events, clock_.now());
  }
}

void sla_keeper::latency(std::string_view sink, base::timestamp occurred, base::timestamp received,
                         base::timestamp delivered) {
  metrics_relay::latency(sink, occurred, received, delivered);
  if (auto* m = find(sink)) {
    const std::lock_guard lock(m->mutex);
    m->book.delivered(occurred, received, delivered);
  }
}

void sla_keeper::moved(const std::string& sink) {
  auto* m = find(sink);
  if (m == nullptr)
    return;
  v1::SlaRecord record;
  {
    const std::lock_guard lock(m->mutex);
    m->book.moved(clock_.now());
    record.set_since_us(base::to_us(m->book.since()));
    record.set_moved_at_us(base::to_us(m->book.moved_at()));
  }
  ports::write_batch batch;
  batch.put(ports::family::meta, keys::sla_record(sink), record.SerializeAsString());
  if (auto written = store_.write(batch, ports::durability::buffered); !written)
    log_.warn("a sink was moved and its service level could not note it",
              {{"sink", sink}, {"why", written.err().message}});
}

void sla_keeper::get_sla(v1::GetSlaRequest request, ports::reply<v1::GetSlaResponse> done) {
  if (!request.sink().empty() && find(request.sink()) == nullptr) {
    done(base::error{base::error_code::not_found,
                     "there is no sink \"" + request.sink() + "\" of which an sla is promised"});
    return;
  }
  const auto days = request.days() == 0 ? days_default : std::min(request.days(), days_max);
  const auto now = clock_.now();
  v1::GetSlaResponse out;
  for (const auto& [name, m] : sinks_) {
    if (!request.sink().empty() && request.sink() != name)
      continue;
    const std::lock_guard lock(m->mutex);
    *out.add_sinks() = report(name, m->book, days, now);
  }
  done(std::move(out));
}

void sla_keeper::look() {
  const auto now = clock_.now();
  ports::write_batch batch;
  for (const auto& [name, m] : sinks_)
    store_changes(name, *m, batch, now);
  if (batch.empty())
    return;
  // The counts stay in memory, and are named again when their hour changes next.
  if (auto written = store_.write(batch, ports::durability::buffered); !written)
    log_.warn("service levels could not be stored", {{"why", written.err().message}});
}

void sla_keeper::store_changes(const std::string& sink, measured& m, ports::write_batch& batch, base::timestamp now) {
  const std::lock_guard lock(m.mutex);
  series_.set(report(sink, m.book, 0, now));
  const auto changed = m.book.take_changed();
  for (const auto hour : changed)
    batch.put(ports::family::meta, keys::sla_hour(sink, hour), m.book.hour(hour).SerializeAsString());
  if (changed.empty())
    return;
  const auto first = m.book.forget(now);
  if (std::exchange(m.first_hour, first) != first)
    batch.erase_range(ports::family::meta, keys::sla_hour_prefix(sink), keys::sla_hour(sink, first));
}

} // namespace cxstream::cli
