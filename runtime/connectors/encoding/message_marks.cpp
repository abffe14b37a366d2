#include "connectors/encoding/message_marks.hpp"

#include "base/hash.hpp"
#include "base/rfc3339.hpp"
#include "model/revision.hpp"

namespace cxstream::connectors {

namespace {

// A header's value is one line of text; what a source smuggled into a key must not begin another.
std::string one_line(std::string_view value) {
  std::string out(value);
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      c = ' ';
  return out;
}

} // namespace

std::string message_mark(const v1::CanonicalEvent& event) {
  std::string parts;
  for (const auto* part : {&event.ticket_id(), &event.idempotency_key()})
    parts.append(std::to_string(part->size())).append(":").append(*part);
  return "cx_" + base::to_hex(base::xxh3_128(parts));
}

std::vector<header> message_headers(const v1::CanonicalEvent& event) {
  std::vector<header> out;
  const auto add = [&](std::string_view name, std::string value) {
    if (!value.empty())
      out.push_back({name, std::move(value)});
  };
  add("idempotency_key", one_line(event.idempotency_key()));
  add("version", std::to_string(event.version()));
  add("sequence", std::to_string(event.pipeline().ticket_sequence()));
  add("schema", one_line(event.schema_version()));
  add("occurred_at", base::format_rfc3339(base::from_us(model::to_us(event.occurred_at()))));
  return out;
}

} // namespace cxstream::connectors
