#include "model/projection.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace cxstream::model {

namespace {

constexpr std::string_view metric_prefix = "custom_metrics.";

// Without these an event could not be put in its place.
constexpr std::array always = {field::ticket_id, field::idempotency_key, field::ticket_sequence,
                               field::version,   field::occurred_at,     field::cleared};

constexpr std::array crm = {field::account_id,
                            field::ticket_id,
                            field::churn_risk_label,
                            field::churn_risk_score,
                            field::churn_risk_confidence,
                            field::sentiment_label,
                            field::sentiment_score,
                            field::sentiment_confidence,
                            field::canonical_tag,
                            field::driver,
                            field::evidence_url};

constexpr std::array ops = {field::ticket_id,        field::account_id,
                            field::event_type,       field::status,
                            field::priority,         field::channel,
                            field::agent_id,         field::churn_risk_label,
                            field::churn_risk_score, field::churn_risk_confidence,
                            field::driver,           field::evidence_url};

// A signal and its three parts, label first.
struct signal_parts {
  std::string_view name;
  field label;
};
constexpr std::array signals = {signal_parts{"sentiment", field::sentiment_label},
                                signal_parts{"churn_risk", field::churn_risk_label},
                                signal_parts{"effort", field::effort_label}};

projected_field whole(field f) {
  return {f, {}, std::string{name_of(f)}, std::nullopt};
}

field after(field f, int steps) {
  return static_cast<field>(static_cast<int>(f) + steps);
}

base::error refuse(int place, const std::string& why) {
  return {base::error_code::invalid_argument, "projection.fields[" + std::to_string(place) + "]: " + why};
}

// What one entry of a custom projection stands for.
base::result<std::vector<projected_field>> outputs_of(const v1::ProjectionField& entry, int place) {
  const auto& source = entry.source();
  const auto name = entry.name().empty() ? source : entry.name();
  if (entry.has_constant()) {
    if (!source.empty())
      return refuse(place, "has both a source and a constant; keep one");
    if (name.empty())
      return refuse(place, "a constant needs a name");
    return std::vector<projected_field>{{field::event_id, {}, name, entry.constant()}};
  }
  if (source.empty())
    return refuse(place, "names neither a source nor a constant");
  if (source.starts_with(metric_prefix) && source.size() > metric_prefix.size())
    return std::vector<projected_field>{
        {field::custom_metrics, source.substr(metric_prefix.size()), name, std::nullopt}};
  for (const auto& signal : signals) {
    if (source != signal.name)
      continue;
    std::vector<projected_field> parts;
    for (int part = 0; part < 3; ++part) {
      const auto f = after(signal.label, part);
      parts.push_back({f, {}, name + std::string{name_of(f).substr(signal.name.size())}, std::nullopt});
    }
    return parts;
  }
  const auto f = field_named(source);
  if (!f)
    return refuse(place, "there is no field \"" + source + "\"; see proto/cxstream/v1/event.proto");
  const auto own_name = entry.name().empty() ? std::string{name_of(*f)} : name;
  return std::vector<projected_field>{{*f, {}, own_name, std::nullopt}};
}

base::result<std::vector<projected_field>> custom_outputs(const v1::Projection& projection) {
  if (projection.fields().empty())
    return base::error{base::error_code::invalid_argument,
                       "projection.fields: a custom projection needs at least one field"};
  std::vector<projected_field> outputs;
  std::unordered_set<std::string> taken;
  for (int i = 0; i < projection.fields_size(); ++i) {
    auto some = outputs_of(projection.fields(i), i);
    if (!some)
      return some.err();
    for (auto& output : *some) {
      if (!taken.insert(output.name).second)
        return refuse(i, "a second output named \"" + output.name + "\"; give one of them another name");
      outputs.push_back(std::move(output));
    }
  }
  // What is always there must find its name free.
  for (auto f : always) {
    const bool listed =
        std::any_of(outputs.begin(), outputs.end(), [&](const auto& o) { return !o.constant && o.source == f; });
    if (listed || taken.insert(std::string{name_of(f)}).second)
      continue;
    return base::error{base::error_code::invalid_argument, "projection.fields: the name \"" + std::string{name_of(f)} +
                                                               "\" is kept for the field of that name"};
  }
  return outputs;
}

template <class Fields>
std::vector<projected_field> outputs_named(const Fields& fields) {
  std::vector<projected_field> outputs;
  for (auto f : fields)
    outputs.push_back(whole(f));
  return outputs;
}

std::vector<projected_field> all_outputs() {
  std::vector<projected_field> outputs;
  for (std::size_t i = 0; i < field_count; ++i)
    outputs.push_back(whole(static_cast<field>(i)));
  return outputs;
}

} // namespace

compiled_projection::compiled_projection() : compiled_projection(all_outputs()) {
}

compiled_projection::compiled_projection(std::vector<projected_field> outputs) : fields_(std::move(outputs)) {
  for (const auto& output : fields_) {
    if (output.constant)
      continue;
    if (output.metric.empty())
      kept_.set(static_cast<std::size_t>(output.source));
    else
      kept_metrics_.insert(output.metric);
  }
  for (auto f : always) {
    if (keeps(f))
      continue;
    kept_.set(static_cast<std::size_t>(f));
    fields_.push_back(whole(f));
  }
  keeps_all_ = kept_.all();
  const auto* described = v1::CanonicalEvent::descriptor();
  for (int i = 0; i < described->field_count(); ++i) {
    const auto f = field_named(described->field(i)->name());
    if (f && *f != field::custom_metrics && !keeps(*f))
      cut_.push_back(described->field(i));
  }
}

base::result<compiled_projection> compile_projection(const v1::Projection& projection) {
  if (projection.kind() != v1::CUSTOM && !projection.fields().empty())
    return base::error{
        base::error_code::invalid_argument,
        "projection.fields: only a custom projection lists fields; remove them, or make the kind custom"};
  switch (projection.kind()) {
    case v1::PROJECTION_KIND_UNSPECIFIED:
    case v1::BI:
      return compiled_projection{};
    case v1::CRM:
      return compiled_projection{outputs_named(crm)};
    case v1::OPS:
      return compiled_projection{outputs_named(ops)};
    case v1::CUSTOM: {
      auto outputs = custom_outputs(projection);
      if (!outputs)
        return outputs.err();
      return compiled_projection{*std::move(outputs)};
    }
    default:
      return base::error{base::error_code::invalid_argument,
                         "projection.kind: unknown kind " + std::to_string(static_cast<int>(projection.kind()))};
  }
}

field_value compiled_projection::value(const v1::CanonicalEvent& event, const projected_field& output) {
  if (output.constant)
    return std::string_view{*output.constant};
  if (output.metric.empty())
    return value_of(event, output.source);
  const auto& metrics = event.custom_metrics();
  const auto found = metrics.find(output.metric);
  return found == metrics.end() ? field_value{} : field_value{found->second};
}

// A path of `cleared`: a field, a whole signal, or one metric.
bool compiled_projection::keeps_path(const std::string& path) const {
  for (const auto& signal : signals)
    if (path == signal.name)
      return keeps(signal.label) || keeps(after(signal.label, 1)) || keeps(after(signal.label, 2));
  if (path.starts_with(metric_prefix))
    return keeps(field::custom_metrics) || kept_metrics_.contains(path.substr(metric_prefix.size()));
  const auto f = field_named(path);
  return f && (keeps(*f) || (*f == field::custom_metrics && !kept_metrics_.empty()));
}

void compiled_projection::project_metrics(v1::CanonicalEvent& event) const {
  if (keeps(field::custom_metrics))
    return;
  auto& metrics = *event.mutable_custom_metrics();
  if (kept_metrics_.empty()) {
    metrics.clear();
    return;
  }
  for (auto it = metrics.begin(); it != metrics.end();) {
    if (kept_metrics_.contains(it->first))
      ++it;
    else
      it = metrics.erase(it);
  }
}

void compiled_projection::project_signals(v1::CanonicalEvent& event) const {
  const auto cut = [&](v1::Signal& signal, field label) {
    if (!keeps(label))
      signal.clear_label();
    if (!keeps(after(label, 1)))
      signal.clear_score();
    if (!keeps(after(label, 2)))
      signal.clear_confidence();
    return signal.has_label() || signal.has_score() || signal.has_confidence();
  };
  if (event.has_sentiment() && !cut(*event.mutable_sentiment(), field::sentiment_label))
    event.clear_sentiment();
  if (event.has_churn_risk() && !cut(*event.mutable_churn_risk(), field::churn_risk_label))
    event.clear_churn_risk();
  if (event.has_effort() && !cut(*event.mutable_effort(), field::effort_label))
    event.clear_effort();
}

void compiled_projection::project_pipeline(v1::PipelineInfo& info) const {
  if (!keeps(field::taxonomy_version))
    info.clear_taxonomy_version();
  if (!keeps(field::partition))
    info.clear_partition();
  if (!keeps(field::offset))
    info.clear_offset();
  if (!keeps(field::received_at))
    info.clear_received_at();
  if (!keeps(field::committed_at))
    info.clear_committed_at();
  if (!keeps(field::late))
    info.clear_late();
  if (!keeps(field::delivered_at))
    info.clear_delivered_at();
}

void compiled_projection::project(v1::CanonicalEvent& event) const {
  if (keeps_all_)
    return;
  const auto* reflection = v1::CanonicalEvent::GetReflection();
  for (const auto* described : cut_)
    reflection->ClearField(&event, described);
  project_metrics(event);
  project_signals(event);
  if (event.has_pipeline())
    project_pipeline(*event.mutable_pipeline());
  if (!event.has_cleared())
    return;
  auto& paths = *event.mutable_cleared()->mutable_paths();
  paths.erase(std::remove_if(paths.begin(), paths.end(), [&](const auto& path) { return !keeps_path(path); }),
              paths.end());
  if (paths.empty())
    event.clear_cleared();
}

} // namespace cxstream::model
