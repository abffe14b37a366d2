// A sink's projection, compiled: which fields of the canonical event it gets, in which order and under which names.
// Plain value; immutable, so it may be shared between threads. Also the one table of the canonical event's fields and a
// reader of their values, for connectors that render events.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include "cxstream/v1/delivery.pb.h"
#include "cxstream/v1/event.pb.h"

#include <bitset>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxstream::model {

// Every leaf of the canonical event; pipeline fields are named without "pipeline.".
enum class field : std::uint8_t {
  event_id,
  event_type,
  occurred_at,
  ticket_id,
  account_id,
  sentiment_label,
  sentiment_score,
  sentiment_confidence,
  churn_risk_label,
  churn_risk_score,
  churn_risk_confidence,
  effort_label,
  effort_score,
  effort_confidence,
  canonical_tag,
  driver,
  custom_metrics, // all, or one of them when projected_field::metric is set
  evidence_url,
  source_system,
  idempotency_key,
  version,
  raw_tags,
  status,
  priority,
  channel,
  agent_id,
  customer_id,
  schema_version,
  mapping_version,
  cleared,
  taxonomy_version,
  ticket_sequence,
  partition,
  offset,
  received_at,
  committed_at,
  late,
  delivered_at,
  replayed,
};
constexpr std::size_t field_count = static_cast<std::size_t>(field::replayed) + 1;

// Name as users write it: snake_case as in event.proto, "sentiment.label", "custom_metrics".
std::string_view name_of(field f);
// Also understands "pipeline.<field>"; none when there is no such field.
std::optional<field> field_named(std::string_view name);

// A field's value; monostate when the event does not have it. Texts and lists point into the event.
using text_list = const google::protobuf::RepeatedPtrField<std::string>*;
using metric_map = const google::protobuf::Map<std::string, double>*;
using field_value =
    std::variant<std::monostate, std::string_view, double, std::uint64_t, bool, base::timestamp, text_list, metric_map>;
field_value value_of(const v1::CanonicalEvent& event, field f);

// One output of a projection.
struct projected_field {
  field source = field::event_id;      // meaningless for a constant
  std::string metric;                  // custom_metrics: the one metric wanted; empty for all
  std::string name;                    // in the output
  std::optional<std::string> constant; // this text instead of a field

  bool operator==(const projected_field&) const = default;
};

class compiled_projection {
public:
  // All fields.
  compiled_projection();

  // The outputs in order. idempotency_key, ticket_sequence, version, occurred_at, ticket_id and cleared are always
  // among them, at the end when the projection does not name them.
  std::span<const projected_field> fields() const {
    return fields_;
  }
  // Value of an output, a constant included.
  static field_value value(const v1::CanonicalEvent& event, const projected_field& output);
  bool keeps_all() const {
    return keeps_all_;
  }
  // Removes every field that is not in the projection, also from `cleared`. Names and constants play no part.
  void project(v1::CanonicalEvent& event) const;

private:
  friend base::result<compiled_projection> compile_projection(const v1::Projection& projection);
  explicit compiled_projection(std::vector<projected_field> outputs);

  bool keeps(field f) const {
    return kept_[static_cast<std::size_t>(f)];
  }
  bool keeps_path(const std::string& path) const;
  void project_metrics(v1::CanonicalEvent& event) const;
  void project_signals(v1::CanonicalEvent& event) const;
  void project_pipeline(v1::PipelineInfo& info) const;

  bool keeps_all_ = false;
  std::vector<projected_field> fields_;
  std::bitset<field_count> kept_;                             // custom_metrics: all of them
  std::set<std::string> kept_metrics_;                        // single ones
  std::vector<const google::protobuf::FieldDescriptor*> cut_; // fields of the event that go wholly
};

// A source "sentiment", "churn_risk" or "effort" stands for its three parts. Errors: invalid_argument (unknown field,
// output named twice, nothing but a name, no fields in a custom projection), naming the field by its place.
base::result<compiled_projection> compile_projection(const v1::Projection& projection);

} // namespace cxstream::model
