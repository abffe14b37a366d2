#include "connectors/warehouse/ticket_row.hpp"

#include "connectors/encoding/json_value.hpp"
#include "model/ticket_fold.hpp"

#include <algorithm>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace cxstream::connectors {

void fold_into_row(v1::TicketState& s, const v1::CanonicalEvent& event, base::log_offset offset) {
  const auto rev = model::revision_of(event, offset);
  const auto& pipeline = event.pipeline();
  const bool first = s.ticket_id().empty();
  s.set_ticket_id(event.ticket_id());
  s.set_partition(pipeline.partition());
  s.set_ticket_sequence(std::max(s.ticket_sequence(), pipeline.ticket_sequence()));
  s.set_late_events(s.late_events() + (pipeline.late() ? 1 : 0));
  if (first || rev.occurred_at_us < model::to_us(s.first_occurred_at()))
    *s.mutable_first_occurred_at() = event.occurred_at();
  if (first || model::from_proto(s.newest()) < rev) {
    model::to_proto(rev, *s.mutable_newest());
    *s.mutable_last_occurred_at() = event.occurred_at();
  }
  model::fold_fields(s, event, rev);
}

std::string bytes_of(const v1::TicketState& state) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  state.SerializeToCodedStream(&coded);
  coded.Trim();
  return out;
}

std::string metrics_json(const v1::TicketState& state) {
  google::protobuf::Map<std::string, double> present;
  for (const auto& [name, metric] : state.custom_metrics())
    if (metric.has_value())
      present[name] = metric.value();
  return present.empty() ? std::string() : json_of(&present);
}

std::string tags_json(const v1::TicketState& state) {
  return state.raw_tags().values().empty() ? std::string() : json_of(&state.raw_tags().values());
}

} // namespace cxstream::connectors
