// The stage for a sink actor: a partition with a real history in the store, a courier that does what the test says.
#pragma once

#include "actors/doubles.hpp"
#include "actors/noted_metrics.hpp"
#include "actors/sink/sink.hpp"
#include "actors/stage.hpp"
#include "ports/keys.hpp"
#include "protocols/account.hpp"
#include "protocols/partition.hpp"
#include "support/event_maker.hpp"
#include "support/tapped_store.hpp"

#include "cxstream/v1/admin.pb.h"

namespace cxstream::actors {

class sink_stage : public stage {
protected:
  using offsets = std::vector<std::uint64_t>;

  sink_stage() {
    on_stage(behind->actor);
    on_stage(courier->actor);
    EXPECT_TRUE(past.recover());
  }
  sink_actor_config settings(const v1::Filter& filter = {}) {
    sink_actor_config c{"crm", id, store, clock, metrics, behind->actor, courier->actor, {}, {}, {}};
    c.filter = *model::compile_filter(filter);
    c.limits = {16, 5, 4, 2};
    c.retry = {{std::chrono::milliseconds{100}, std::chrono::seconds{10}, 2.0, 0.0}, 3};
    c.on_failure = [this](const base::error&) { ++failures; };
    return c;
  }
  sink_actor start(const sink_actor_config& config) {
    return on_stage(system.spawn(sink, config));
  }
  // Started, and its target is there.
  sink_actor begun(const sink_actor_config& config) {
    auto s = start(config);
    begin(s);
    return s;
  }
  void begin(const sink_actor& s, begin_delivery word = {}) {
    caf::send_as(courier->actor, s, word);
    run();
  }
  void end(const sink_actor& s) {
    EXPECT_TRUE((**asks<verdict>(s, stop_atom_v))->ok);
  }
  // Events happen to the partition: in its log, applied, one batch.
  std::shared_ptr<const protocols::history_run> happen(std::initializer_list<v1::CanonicalEvent> events) {
    std::vector<protocols::log_entry> entries;
    for (const auto& e : events)
      entries.push_back(support::entry_of(e));
    const auto window = std::chrono::hours{24};
    const auto first = past.reserve(entries.size());
    ports::write_batch batch;
    batch.put(ports::family::log, ports::keys::at(id, first),
              protocols::encode_log_batch(base::epoch{1}, first, window, entries) +
                  protocols::commit_stamp(clock.now()));
    EXPECT_TRUE(store.write(batch, ports::durability::synced));
    auto applied = past.apply({first, clock.now(), window, std::move(entries)});
    EXPECT_TRUE(applied);
    return applied->run;
  }
  // The partition answers the sink's demand: by runs, or by word that the store has it.
  void supply(const sink_actor& s, std::vector<std::shared_ptr<const protocols::history_run>> runs) {
    caf::send_as(behind->actor, s,
                 history_supply{std::move(runs), base::log_offset{past.next_offset()}, past.totals().history});
    run();
  }
  void supply(const sink_actor& s, std::shared_ptr<const protocols::history_run> events) {
    supply(s, std::vector{std::move(events)});
  }
  void supply(const sink_actor& s) {
    supply(s, std::vector<std::shared_ptr<const protocols::history_run>>{});
  }
  // The courier answers a request, every event the same or each as it says.
  void answer(const sink_actor& s, std::size_t request, std::vector<settled> outcomes) {
    caf::send_as(courier->actor, s, delivery_answer{courier->requests.at(request).id, std::move(outcomes)});
    run();
  }
  void answer_all(const sink_actor& s, std::size_t request,
                  ports::delivery_result result = ports::delivery_result::delivered) {
    std::vector<settled> outcomes;
    for (std::uint32_t i = 0; i < courier->requests.at(request).events.size(); ++i)
      outcomes.push_back({i, result, "reason", -1});
    answer(s, request, std::move(outcomes));
  }
  static settled outcome(std::uint32_t position, ports::delivery_result result) {
    return {position, result, "reason", -1};
  }
  // Offsets of the events in a request.
  offsets sent(std::size_t request) const {
    offsets out;
    for (const auto& e : courier->requests.at(request).events)
      out.push_back(e.offset.value);
    return out;
  }
  v1::SinkCursor account() {
    return *protocols::read_cursor(store, "crm", id);
  }
  std::size_t kept(ports::family where) const {
    return store.contents(where).size();
  }
  verdict told(const std::shared_ptr<std::optional<base::result<verdict>>>& answer) {
    return answer->has_value() ? ***answer : verdict{false, {base::error_code::internal, "silence"}};
  }

  const base::partition_id id{1};
  noted_metrics metrics;
  std::shared_ptr<partition_double> behind = partition_dummy(system);
  std::shared_ptr<courier_double> courier = courier_dummy(system);
  protocols::partition past{id, store, 1'000};
  int failures = 0;
};

} // namespace cxstream::actors
