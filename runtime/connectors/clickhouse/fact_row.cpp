#include "connectors/clickhouse/fact_row.hpp"

#include "connectors/encoding/json_text.hpp"
#include "connectors/warehouse/event_key.hpp"
#include "model/event_fields.hpp"
#include "model/revision.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace cxstream::connectors::clickhouse {

namespace {

std::string hex(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4U)
    out[i] = digits[value & 0xfU];
  return out;
}

class row {
public:
  explicit row(json_buffer& buffer) : json_(buffer) {
    json_.StartObject();
  }
  ~row() {
    json_.EndObject();
  }
  row(const row&) = delete;
  row& operator=(const row&) = delete;

  void put(std::string_view name, const std::string& value) {
    if (value.empty())
      return; // an absent column is empty
    key(json_, name);
    text(json_, value);
  }
  void put_number(std::string_view name, std::uint64_t value) {
    key(json_, name);
    json_.Uint64(value);
  }
  void put_time(const std::string& name, const google::protobuf::Timestamp& t) {
    key(json_, name);
    json_.Int64(model::to_us(t));
  }
  void put_signed(std::string_view name, std::int64_t value) {
    key(json_, name);
    json_.Int64(value);
  }
  void put_fraction(std::string_view name, bool present, double value) {
    if (!present || !std::isfinite(value))
      return;
    key(json_, name);
    json_.Double(value);
  }
  template <class Texts>
  void put_list(std::string_view name, const Texts& values) {
    key(json_, name);
    json_.StartArray();
    for (const auto& value : values)
      text(json_, value);
    json_.EndArray();
  }
  void put_numbers(std::string_view name, const std::map<std::string, double>& values) {
    key(json_, name);
    json_.StartArray();
    for (const auto& [metric, value] : values)
      json_.Double(value);
    json_.EndArray();
  }
  void put_signal(const std::string& name, const v1::Signal& signal) {
    put(name, signal.label());
    put_fraction(name + "_score", signal.has_score(), signal.score());
    put_fraction(name + "_confidence", signal.has_confidence(), signal.confidence());
  }

private:
  json_writer json_;
};

// The fields that the event speaks of: sets or empties.
std::vector<std::string> said_by(const v1::CanonicalEvent& e) {
  std::vector<std::string> out(e.cleared().paths().begin(), e.cleared().paths().end());
  for (const auto& field : model::fields::optional_texts)
    if ((e.*field.has)())
      out.emplace_back(field.path);
  for (const auto& field : model::fields::signals)
    if ((e.*field.has)())
      out.emplace_back(field.path);
  if (e.raw_tags_size() > 0)
    out.emplace_back("raw_tags");
  return out;
}

void put_place(row& r, const ports::delivery& place, const v1::CanonicalEvent& e, base::timestamp delivered_at) {
  const auto& pipeline = e.pipeline();
  r.put("ticket_id", e.ticket_id());
  r.put_number("ticket_sequence", place.sequence.value);
  r.put_signed("event_key", event_key(place.partition, place.offset));
  r.put("revision", revision_text(e, place.offset));
  r.put("idempotency_key", e.idempotency_key());
  r.put("event_id", e.event_id());
  r.put("event_type", e.event_type());
  r.put_number("version", e.version());
  r.put_number("partition", place.partition.value);
  r.put_number("log_offset", place.offset.value);
  // A DateTime knows the years 1970 to 2105; the whole time is in occurred_at_us.
  constexpr std::int64_t last_second = 0xffff'ffffU;
  r.put_signed("occurred_at", std::clamp<std::int64_t>(e.occurred_at().seconds(), 0, last_second));
  r.put_time("occurred_at_us", e.occurred_at());
  r.put_time("received_at_us", pipeline.received_at());
  r.put_time("committed_at_us", pipeline.committed_at());
  r.put_signed("delivered_at_us", base::to_us(delivered_at));
  r.put_number("late", pipeline.late() ? 1 : 0);
}

} // namespace

std::string revision_text(const v1::CanonicalEvent& event, base::log_offset offset) {
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U; // so that times before 1970 sort before
  const auto rev = model::revision_of(event, offset);
  return hex(static_cast<std::uint64_t>(rev.occurred_at_us) ^ sign) + hex(rev.version) + hex(rev.offset);
}

void append_row(const ports::delivery& place, const v1::CanonicalEvent& e, base::timestamp delivered_at,
                std::string& out) {
  json_buffer buffer;
  {
    row r(buffer);
    put_place(r, place, e, delivered_at);
    r.put("source_system", e.source_system());
    for (const auto& field : model::fields::optional_texts)
      r.put(field.path, (e.*field.get)());
    for (const auto& field : model::fields::signals)
      r.put_signal(std::string(field.path), (e.*field.get)());
    r.put_list("raw_tags", e.raw_tags());
    std::map<std::string, double> metrics;
    std::vector<std::string> names;
    for (const auto& [name, value] : e.custom_metrics())
      if (std::isfinite(value))
        metrics[name] = value;
    for (const auto& [name, value] : metrics)
      names.push_back(name);
    r.put_list("metric_names", names);
    r.put_numbers("metric_values", metrics);
    r.put_list("said", said_by(e));
    r.put("schema_version", e.schema_version());
    r.put("mapping_version", e.mapping_version());
    r.put("taxonomy_version", e.pipeline().taxonomy_version());
  }
  out.append(view(buffer)).append("\n");
}

} // namespace cxstream::connectors::clickhouse
