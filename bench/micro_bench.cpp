// The parts of the way of an event, each by itself: what an event costs before and after the disk.
#include "actors/ingest/intake.hpp"
#include "connectors/encoding/json_event.hpp"
#include "protocols/partition.hpp"
#include "storage/rocks_store.hpp"

#include <benchmark/benchmark.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <filesystem>
#include <unistd.h>

namespace cxstream {

namespace {

constexpr std::int64_t first_us = 1'700'000'000'000'000;

// Spreads numbers over all bits, as hashes of keys are.
constexpr std::uint64_t spread(std::uint64_t n) {
  return n * 0x9e37'79b9'7f4a'7c15u;
}

v1::CanonicalEvent sample(std::uint64_t n, std::uint64_t tickets) {
  v1::CanonicalEvent e;
  e.set_event_type("ticket.updated");
  e.mutable_occurred_at()->set_seconds(1'700'000'000 + static_cast<std::int64_t>(n / 100));
  e.set_ticket_id("T-" + std::to_string(n * 2'654'435'761U % tickets));
  e.set_account_id("acct-" + std::to_string(n % 500));
  e.mutable_sentiment()->set_label("negative");
  e.mutable_sentiment()->set_score(-0.5);
  e.mutable_churn_risk()->set_label("high");
  e.set_evidence_url("https://help.example.com/agent/tickets/12345");
  e.set_source_system("bench");
  e.set_idempotency_key("key-" + std::to_string(n));
  e.set_version(n);
  e.add_raw_tags("billing:refund");
  e.set_status("open");
  e.set_priority("high");
  e.set_channel("email");
  e.set_agent_id("agent-12");
  e.set_customer_id("customer-3434");
  return e;
}

actors::intake_rules rules() {
  actors::intake_rules r;
  r.taxonomy = std::make_shared<const model::taxonomy>();
  return r;
}

std::vector<protocols::log_entry> entries(std::size_t count, std::uint64_t tickets) {
  const auto r = rules();
  v1::CanonicalEvent scratch;
  std::vector<protocols::log_entry> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto taken = actors::take_in(sample(i, tickets).SerializeAsString(), r, base::from_us(first_us), scratch);
    out.push_back(std::move(std::get<actors::accepted_event>(taken).entry));
  }
  return out;
}

// A store in a folder of its own that goes with it.
struct scratch_store {
  std::string path =
      (std::filesystem::temp_directory_path() / ("cxstream-bench-" + std::to_string(::getpid()))).string();
  std::unique_ptr<storage::rocks_store> store;

  scratch_store() {
    std::filesystem::remove_all(path);
    auto opened = storage::rocks_store::open({path}, first_us);
    store = std::move(*opened);
  }
  ~scratch_store() {
    store.reset();
    std::filesystem::remove_all(path);
  }
};

void count_events(benchmark::State& state, std::int64_t events_an_iteration) {
  state.SetItemsProcessed(state.iterations() * events_an_iteration);
}

// Decode, hash, canonicalise, validate, encode: ingest's work on one event.
void intake(benchmark::State& state) {
  const auto r = rules();
  const auto bytes = sample(1, 1'000).SerializeAsString();
  v1::CanonicalEvent scratch;
  for (auto _ : state)
    benchmark::DoNotOptimize(actors::take_in(bytes, r, base::from_us(first_us), scratch));
  count_events(state, 1);
}
BENCHMARK(intake);

void encode_log(benchmark::State& state) {
  const auto batch = entries(256, 1'000);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        protocols::encode_log_batch(base::epoch{1}, base::log_offset{0}, std::chrono::hours{24}, batch));
  count_events(state, 256);
}
BENCHMARK(encode_log);

// Deduplicate, fold, place, write the history: the partition's work on committed batches of 64, over real storage.
void apply(benchmark::State& state) {
  scratch_store scratch;
  protocols::partition partition(base::partition_id{0}, *scratch.store, 10'000);
  if (!partition.recover())
    state.SkipWithError("cannot recover");
  const auto batch = entries(64, static_cast<std::uint64_t>(state.range(0)));
  std::uint64_t round = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto fresh = batch;
    for (auto& e : fresh)
      e.print.key_low ^= spread(++round); // every event is new
    const auto first = partition.reserve(fresh.size());
    state.ResumeTiming();
    auto applied = partition.apply(
        {first, base::from_us(first_us + static_cast<std::int64_t>(round)), std::chrono::seconds{0}, std::move(fresh)});
    benchmark::DoNotOptimize(applied);
  }
  count_events(state, 64);
}
BENCHMARK(apply)->Arg(50)->Arg(1'000);

// One group commit of 64 partitions, `range` events each, fsynced.
void group_commit(benchmark::State& state) {
  scratch_store scratch;
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto value =
      protocols::encode_log_batch(base::epoch{1}, base::log_offset{0}, std::chrono::hours{24}, entries(count, 1'000));
  std::uint64_t offset = 0;
  for (auto _ : state) {
    ports::write_batch batch;
    for (std::uint16_t p = 0; p < 64; ++p)
      batch.put(ports::family::log, std::string{static_cast<char>(p)} + std::to_string(offset), value);
    offset += count;
    if (!scratch.store->write(batch, ports::durability::synced))
      state.SkipWithError("cannot write");
  }
  count_events(state, 64 * state.range(0));
}
BENCHMARK(group_commit)->Arg(1)->Arg(16)->Arg(64)->UseRealTime();

// What the file sink writes of an event.
void json_line(benchmark::State& state) {
  connectors::json_event json{model::compiled_projection{}};
  ports::delivery delivery;
  delivery.event = entries(1, 1).front().event;
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(json.append(delivery, base::from_us(first_us), out));
  }
  count_events(state, 1);
}
BENCHMARK(json_line);

// Why a ticket is an entity of its partition and not an actor (docs/adr/0002): the same fold in place …
void ticket_in_place(benchmark::State& state) {
  const auto event = sample(1, 1);
  model::ticket ticket("T-0", base::partition_id{0});
  std::uint64_t n = 0;
  for (auto _ : state) {
    ++n;
    benchmark::DoNotOptimize(ticket.apply(event, {n, spread(n), n}, {base::log_offset{n}, base::from_us(first_us), {}},
                                          model::ticket_index::nothing_rests));
    if (n % 64 == 0)
      ticket = model::ticket("T-0", base::partition_id{0});
  }
  count_events(state, 1);
}
BENCHMARK(ticket_in_place);

// … and behind one message there and one back, to one of 1,000 actors, 64 requests under way at a time.
void ticket_behind_an_actor(benchmark::State& state) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", std::size_t{2});
  caf::actor_system system(config);
  const auto event = sample(1, 1).SerializeAsString();
  std::vector<caf::actor> tickets;
  for (int i = 0; i < 1'000; ++i)
    tickets.push_back(system.spawn([](caf::event_based_actor*) -> caf::behavior {
      auto ticket = std::make_shared<model::ticket>("T-0", base::partition_id{0});
      auto n = std::make_shared<std::uint64_t>(0);
      return {[ticket, n](const std::string& bytes) {
        v1::CanonicalEvent e;
        e.ParseFromString(bytes);
        ++*n;
        if (*n % 64 == 0)
          *ticket = model::ticket("T-0", base::partition_id{0});
        const auto decided = ticket->apply(e, {*n, spread(*n), *n}, {base::log_offset{*n}, base::from_us(first_us), {}},
                                           model::ticket_index::nothing_rests);
        return decided->sequence.value;
      }};
    }));
  caf::scoped_actor self{system};
  std::size_t next = 0;
  for (auto _ : state) {
    for (int i = 0; i < 64; ++i)
      self->send(tickets[next++ % tickets.size()], event);
    for (int i = 0; i < 64; ++i)
      self->receive([](std::uint64_t sequence) { benchmark::DoNotOptimize(sequence); });
  }
  for (auto& t : tickets)
    caf::anon_send_exit(t, caf::exit_reason::kill);
  count_events(state, 64);
}
BENCHMARK(ticket_behind_an_actor)->MeasureProcessCPUTime()->UseRealTime();

} // namespace

} // namespace cxstream
