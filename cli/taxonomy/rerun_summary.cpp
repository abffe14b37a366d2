#include "taxonomy/rerun_summary.hpp"

#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::tone;

std::string shown(const std::optional<std::string>& text) {
  return text ? *text : "-";
}

nlohmann::ordered_json to_json(const model::tag_and_driver& both) {
  const auto or_null = [](const std::optional<std::string>& text) {
    return text ? nlohmann::ordered_json(*text) : nlohmann::ordered_json();
  };
  return {{"canonical_tag", or_null(both.canonical_tag)}, {"driver", or_null(both.driver)}};
}

} // namespace

void rerun_summary::add(const v1::CanonicalEvent& event, const model::retag_decision& decision) {
  if (decision.verdict == model::retag_verdict::of_this_run)
    return;
  ++read_;
  switch (decision.verdict) {
    case model::retag_verdict::changed:
      ++changed_;
      ++changes_[{decision.before, decision.after}];
      break;
    case model::retag_verdict::no_taxonomy:
      ++no_taxonomy_;
      break;
    case model::retag_verdict::unknown_rules:
      ++unknown_[event.pipeline().taxonomy_version()];
      break;
    default:
      break;
  }
}

std::vector<std::pair<rerun_summary::change, std::uint64_t>> rerun_summary::by_count() const {
  std::vector<std::pair<change, std::uint64_t>> out(changes_.begin(), changes_.end());
  std::ranges::stable_sort(out, std::greater<>{}, [](const auto& entry) { return entry.second; });
  return out;
}

std::string rerun_summary::text(const std::string& version, const sent_counts* sent, const terminal::style& look,
                                std::size_t width) const {
  std::string out = grouped(read_) + " events read, " + look.paint(tone::strong, grouped(changed_) + " change") +
                    " under version " + terminal::printable(version) + "\n";
  if (sent != nullptr)
    out += grouped(sent->accepted) + " new events, " + grouped(sent->duplicates) + " known from an earlier run, " +
           grouped(sent->refused) + " refused\n";
  if (passed_over_ > 0)
    out += grouped(passed_over_) + " older events passed over\n";
  if (no_taxonomy_ > 0)
    out += grouped(no_taxonomy_) + " events from before there was a taxonomy were left as they are (see --fill-in)\n";
  for (const auto& [old_version, events] : unknown_)
    out += look.paint(tone::notice, grouped(events) + " events got their tags by version " +
                                        terminal::printable(old_version) +
                                        ", whose file was not given, or from their source: left as they are; name the "
                                        "file with --from") +
           "\n";
  if (changes_.empty())
    return out;
  const auto right = terminal::table_column::side::right;
  terminal::table table({{"events", right}, {"tag"}, {""}, {"new tag"}, {"driver"}, {""}, {"new driver"}});
  for (const auto& [one, events] : by_count())
    table.add({{grouped(events)},
               {shown(one.first.canonical_tag)},
               {"→"},
               {shown(one.second.canonical_tag)},
               {shown(one.first.driver)},
               {"→"},
               {shown(one.second.driver)}});
  return out + "\n" + table.text(look, width);
}

std::string rerun_summary::json(const std::string& version, const sent_counts* sent) const {
  nlohmann::ordered_json out;
  out["taxonomy_version"] = version;
  out["read"] = read_;
  out["changed"] = changed_;
  if (sent != nullptr) {
    out["accepted"] = sent->accepted;
    out["duplicates"] = sent->duplicates;
    out["refused"] = sent->refused;
  }
  out["passed_over"] = passed_over_;
  out["before_taxonomy"] = no_taxonomy_;
  auto& unknown = out["unknown_versions"] = nlohmann::ordered_json::object();
  for (const auto& [old_version, events] : unknown_)
    unknown[old_version] = events;
  auto& changes = out["changes"] = nlohmann::ordered_json::array();
  for (const auto& [one, events] : by_count())
    changes.push_back({{"events", events}, {"before", to_json(one.first)}, {"after", to_json(one.second)}});
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace cxstream::cli
