#include "taxonomy/coverage_report.hpp"

#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::percent;
using terminal::tone;

constexpr std::size_t bar_columns = 30;
constexpr std::size_t tag_columns_max = 80;
constexpr double good_share = 0.95;
constexpr double poor_share = 0.7;

std::string bar(double share) {
  const auto filled = static_cast<std::size_t>(std::floor(share * static_cast<double>(bar_columns)));
  std::string out;
  for (std::size_t i = 0; i < bar_columns; ++i)
    out += i < filled ? "█" : "░";
  return out;
}

tone tone_of(double share) {
  return share >= good_share ? tone::good : share >= poor_share ? tone::notice : tone::bad;
}

nlohmann::ordered_json to_json(const model::coverage_counts& counts) {
  return {{"events", counts.events}, {"tagged", counts.tagged}, {"covered", counts.covered}, {"share", counts.share()}};
}

} // namespace

std::string coverage_text(model::tag_coverage& coverage, const std::string& version, std::size_t top,
                          const terminal::style& look, std::size_t width) {
  const auto& total = coverage.total();
  const auto right = terminal::table_column::side::right;
  auto out = look.paint(tone_of(total.share()), bar(total.share())) + "  " +
             look.paint(tone::strong, percent(total.share())) + " covered by version " + terminal::printable(version) +
             ": " + grouped(total.covered) + " of " + grouped(total.tagged) + " events with raw tags (" +
             grouped(total.events) + " events in all)\n\n";
  terminal::table sources({{"source"}, {"events", right}, {"with raw tags", right}, {"covered", right}, {"share"}});
  for (const auto& [source, counts] : coverage.by_source())
    sources.add(
        {{source},
         {grouped(counts.events)},
         {grouped(counts.tagged)},
         {grouped(counts.covered)},
         counts.tagged == 0 ? terminal::cell("-") : terminal::cell(percent(counts.share()), tone_of(counts.share()))});
  out += sources.text(look, width);
  const auto homeless = coverage.homeless(top);
  if (homeless.empty())
    return out + (total.tagged == 0 ? "" : "\nevery raw tag has a home\n");
  terminal::table tags({{"events", right},
                        {"share", right},
                        {"tickets", right},
                        {"nothing else known", right},
                        {"raw tag without a home"}}); // the last column is the one that is cut where there is no room
  const auto tag_columns = std::min<std::size_t>(width, tag_columns_max);
  for (const auto& one : homeless)
    tags.add({{grouped(one.events)},
              {percent(one.share)},
              {grouped(one.tickets)},
              {grouped(one.uncovered)},
              {terminal::fitted(terminal::printable(one.tag), tag_columns)}});
  out += "\n" + tags.text(look, width);
  if (homeless.size() < coverage.homeless_count())
    out += look.paint(tone::dim,
                      "and " + grouped(coverage.homeless_count() - homeless.size()) + " more; --top 0 shows all") +
           "\n";
  if (coverage.forgotten() > 0)
    out += look.paint(tone::notice, grouped(coverage.forgotten()) +
                                        " occurrences of further tags were not told apart: there are too many") +
           "\n";
  return out;
}

std::string coverage_json(model::tag_coverage& coverage, const std::string& version, std::size_t top) {
  nlohmann::ordered_json out;
  out["taxonomy_version"] = version;
  out["total"] = to_json(coverage.total());
  auto& sources = out["sources"] = nlohmann::ordered_json::object();
  for (const auto& [source, counts] : coverage.by_source())
    sources[source] = to_json(counts);
  auto& tags = out["homeless"] = nlohmann::ordered_json::array();
  for (const auto& one : coverage.homeless(top))
    tags.push_back({{"tag", one.tag},
                    {"events", one.events},
                    {"share", one.share},
                    {"tickets", one.tickets},
                    {"uncovered", one.uncovered}});
  out["homeless_tags"] = coverage.homeless_count();
  out["not_told_apart"] = coverage.forgotten();
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace cxstream::cli
