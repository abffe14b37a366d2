// What a payload costs from bytes to checked events: by plain paths, and with jq.
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>

namespace cxstream {

namespace {

const auto now = base::from_us(1'800'000'000'000'000);

constexpr const char* plain = R"(format: json
name: bench
source_system: zendesk
event_type: ticket.updated
lookups:
  status: {NEW: new, OPEN: open, HOLD: on_hold}
fields:
  ticket_id: {path: .detail.id}
  event_id: {path: .id}
  occurred_at: {path: .time}
  status: {path: .detail.status, lookup: status}
  priority: {path: .detail.priority}
  channel: {path: .detail.via.channel}
  account_id: {path: .detail.organization_id}
  agent_id: {path: .detail.assignee_id, null: clears}
  customer_id: {path: .detail.requester_id}
raw_tags:
  - {path: ".detail.tags[]"}
)";

// A ticket event as Zendesk sends it, of about 1 KiB.
constexpr const char* payload_text =
    R"({"type":"zen:event-type:ticket.status_changed","account_id":22129848,)"
    R"("id":"2b24ef10-19c6-4e1e-8a54-6a5a9a1e0b3c","time":"2025-01-08T10:12:07.672717030Z",)"
    R"("zendesk_event_version":"2022-11-06","subject":"zen:ticket:5158","event":{"current":"OPEN","previous":"NEW"},)"
    R"("detail":{"actor_id":"8447388090494","assignee_id":"8447388090494","brand_id":"8447346621310",)"
    R"("created_at":"2025-01-08T10:12:07Z","custom_status":"8447320465790","description":"My printer is on fire and the )"
    R"(smoke makes it difficult to read the screen; please advise how to go on with the daily report before noon today.",)"
    R"("external_id":null,"form_id":"8646151517822","group_id":"8447320466430","id":"5158","is_public":true,)"
    R"("organization_id":"8447346622462","priority":"HIGH","requester_id":"8447388090494","status":"OPEN",)"
    R"("subject":"Printer on fire","submitter_id":"8447388090494","tags":["hardware","printer","urgent"],"type":"TASK",)"
    R"("updated_at":"2025-01-08T10:12:07Z","via":{"channel":"web_service","source":{"from":{},"to":{}}}}})";

void map_payload(benchmark::State& state, const std::string& text) {
  auto rules = sources::parse_mapping(text, "bench.yaml");
  if (!rules)
    std::abort();
  const auto mapper = sources::payload_mapper::make(*std::move(rules));
  ports::payload payload;
  payload.body = payload_text;
  for (auto _ : state) {
    const auto read = mapper->map(payload, now);
    if (read.events.size() != 1)
      std::abort();
    benchmark::DoNotOptimize(read);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * payload.body.size()));
}

void map_by_plain_paths(benchmark::State& state) {
  map_payload(state, plain);
}
BENCHMARK(map_by_plain_paths);

void map_with_two_jq_expressions(benchmark::State& state) {
  map_payload(state, std::string(plain) + "  - {path: '.detail.type | ascii_downcase', prefix: 'type:'}\n"
                                          "drop: [{when: '.type | startswith(\"zen:event-type:ticket.\") | not', "
                                          "reason: no ticket event}]\n");
}
BENCHMARK(map_with_two_jq_expressions);

} // namespace

} // namespace cxstream
