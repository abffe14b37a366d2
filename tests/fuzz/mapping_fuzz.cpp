// Payloads of any bytes through every built-in mapping, and through one of each other format: nothing is lost, and what
// comes out is a valid event.
#include "fuzz/fuzzing.hpp"
#include "model/parse_event.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"

namespace {

using namespace cxstream;

constexpr const char* other_formats[] = {
    R"(name: table
format: csv
source_system: s
event_type: t
fields:
  ticket_id: {column: id}
  occurred_at: {column: at, format: [rfc3339, '%d/%m/%Y %H:%M'], zone: Europe/Rome}
raw_tags: [{column: tags, split: ';'}]
custom_metrics: {n: {column: n}}
)",
    R"(name: lines
format: ndjson
source_system: s
event_type: t
each: '.items[]?'
fields:
  ticket_id: {path: .id}
  occurred_at: {path: '$payload.at', format: unix_ms}
  status: {path: '.s | ascii_downcase', 'null': clears}
)",
    R"(name: marks
format: xml
source_system: s
event_type: t
fields:
  ticket_id: {xpath: '//@id'}
  occurred_at: {xpath: 'string(//at)', format: rfc3339}
)",
};

std::vector<sources::payload_mapper> all_mappers() {
  std::vector<sources::payload_mapper> out;
  const auto add = [&](base::result<sources::mapping> rules) {
    fuzz::must(bool(rules), "a mapping that is ours can be read");
    auto made = sources::payload_mapper::make(std::move(*rules));
    fuzz::must(bool(made), "a mapping that is ours can be compiled");
    out.push_back(std::move(*made));
  };
  for (const auto& file : sources::builtin_files())
    add(sources::builtin_mapping(file.name));
  for (const auto* text : other_formats)
    add(sources::parse_mapping(text, "fuzz.yaml"));
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto mappers = all_mappers();
  fuzz::input in(data, size);
  const auto& mapper = mappers[in.choose(mappers.size())];
  ports::payload payload;
  payload.headers.push_back({"x-topic", std::string(in.text())});
  payload.body = in.rest();
  const auto read = mapper.map(payload, base::from_us(1'790'000'000'000'000));
  fuzz::must(payload.body.empty() || !read.events.empty() || !read.dropped.empty() || !read.refused.empty() ||
                 payload.body.find_first_not_of("[] \t\r\n\xef\xbb\xbf") == payload.body.npos ||
                 mapper.rules().format == sources::file_format::csv, // a header alone holds no record
             "every payload comes to something");
  v1::CanonicalEvent event;
  for (const auto& bytes : read.events)
    fuzz::must(!model::parse_event(bytes, event, 65'536) && !event.idempotency_key().empty(),
               "what a mapping makes is an event with a key");
  return 0;
}
