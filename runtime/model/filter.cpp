#include "model/filter.hpp"

#include <algorithm>

namespace cxstream::model {

namespace {

using values = std::vector<std::string>;

// An empty list asks for nothing.
bool meets(const values& wanted, std::string_view value) {
  return wanted.empty() || std::binary_search(wanted.begin(), wanted.end(), value);
}

// An absent label does not meet a condition on it.
bool meets(const values& wanted, bool has_signal, const v1::Signal& signal) {
  return wanted.empty() || (has_signal && signal.has_label() && meets(wanted, signal.label()));
}

base::error refuse(std::string_view field, const std::string& why) {
  return {base::error_code::invalid_argument, "filter." + std::string{field} + ": " + why};
}

base::result<values> sorted(std::string_view field, const google::protobuf::RepeatedPtrField<std::string>& list) {
  values out{list.begin(), list.end()};
  std::sort(out.begin(), out.end());
  if (!out.empty() && out.front().empty())
    return refuse(field, "contains an empty value; remove it");
  return out;
}

} // namespace

bool compiled_filter::wanted_type(std::string_view type) const {
  if (types_.empty() && type_prefixes_.empty())
    return true;
  return std::binary_search(types_.begin(), types_.end(), type) ||
         std::any_of(type_prefixes_.begin(), type_prefixes_.end(),
                     [&](const std::string& prefix) { return type.starts_with(prefix); });
}

bool compiled_filter::wanted(const v1::CanonicalEvent& event) const {
  if (passes_all_)
    return true;
  // Values of a filter are never empty, so an absent text, which reads as empty, meets none.
  return wanted_type(event.event_type()) && meets(source_systems_, event.source_system()) &&
         meets(account_ids_, event.account_id()) && meets(statuses_, event.status()) &&
         meets(priorities_, event.priority()) && meets(sentiments_, event.has_sentiment(), event.sentiment()) &&
         meets(churn_risks_, event.has_churn_risk(), event.churn_risk()) &&
         meets(canonical_tags_, event.canonical_tag()) && meets(drivers_, event.driver()) &&
         !(exclude_late_ && event.pipeline().late());
}

base::result<compiled_filter> compile_filter(const v1::Filter& filter) {
  compiled_filter out;
  out.exclude_late_ = filter.exclude_late();
  out.passes_all_ = !filter.exclude_late() && filter.event_types().empty();
  for (const auto& type : filter.event_types()) {
    const auto star = type.find('*');
    if (type.empty())
      return refuse("event_types", "contains an empty value; remove it");
    if (star == std::string::npos)
      out.types_.push_back(type);
    else if (star + 1 == type.size())
      out.type_prefixes_.push_back(type.substr(0, star));
    else
      return refuse("event_types", "\"" + type + "\": a \"*\" may only stand at the end");
  }
  std::sort(out.types_.begin(), out.types_.end());

  struct list {
    std::string_view name;
    const google::protobuf::RepeatedPtrField<std::string>& from;
    values& to;
  };
  for (const auto& [name, from, to] :
       {list{"source_systems", filter.source_systems(), out.source_systems_},
        list{"account_ids", filter.account_ids(), out.account_ids_}, list{"statuses", filter.statuses(), out.statuses_},
        list{"priorities", filter.priorities(), out.priorities_},
        list{"sentiments", filter.sentiments(), out.sentiments_},
        list{"churn_risks", filter.churn_risks(), out.churn_risks_},
        list{"canonical_tags", filter.canonical_tags(), out.canonical_tags_},
        list{"drivers", filter.drivers(), out.drivers_}}) {
    auto compiled = sorted(name, from);
    if (!compiled)
      return compiled.err();
    to = *std::move(compiled);
    out.passes_all_ = out.passes_all_ && to.empty();
  }
  return out;
}

} // namespace cxstream::model
