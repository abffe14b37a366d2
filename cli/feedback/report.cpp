#include "feedback/feedback.hpp"

#include "model/feedback_tally.hpp"
#include "taxonomy/history_feed.hpp"
#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

using terminal::table_column;

void print_json(const model::feedback_tally& tally) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& row : tally.rows())
    rows.push_back({{"canonical_tag", row.canonical_tag},
                    {"driver", row.driver},
                    {"sink", row.sink},
                    {"false_positives", row.flagged},
                    {"events", row.wanted}});
  std::printf("%s\n", nlohmann::ordered_json{{"false_positives", tally.flagged()}, {"rows", rows}}
                          .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                          .c_str());
}

void print_table(const model::feedback_tally& tally) {
  const auto right = table_column::side::right;
  terminal::table table(
      {{"canonical tag"}, {"driver"}, {"sink"}, {"false positives", right}, {"of events", right}, {"share", right}});
  for (const auto& row : tally.rows()) {
    char share[32] = "";
    if (row.wanted > 0)
      std::snprintf(share, sizeof share, "%.2f %%",
                    100.0 * static_cast<double>(row.flagged) / static_cast<double>(row.wanted));
    table.add({{row.canonical_tag.empty() ? "(none)" : row.canonical_tag},
               {row.driver.empty() ? "(none)" : row.driver},
               {row.sink},
               {std::to_string(row.flagged)},
               {row.wanted > 0 ? std::to_string(row.wanted) : "?"},
               {share}});
  }
  std::fputs(table.empty() ? "no false positives\n"
                           : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
             stdout);
}

// The filters of the node's sinks. The exit code says whether they could be asked for.
int read_filters(const feedback_options& options, std::map<std::string, model::compiled_filter>& out) {
  auto quiet = options.call;
  quiet.json = false;
  return call<v1::AdminService>(
      quiet, &v1::AdminService::Stub::ListSinks, v1::ListSinksRequest(), [&](const v1::ListSinksResponse& answer) {
        for (const auto& sink : answer.sinks())
          if (auto filter = model::compile_filter(sink.filter()); filter && sink.kind() != "subscriber")
            out.emplace(sink.name(), *std::move(filter));
        return client::exit_ok;
      });
}

} // namespace

int report_feedback(const feedback_options& options) {
  std::map<std::string, model::compiled_filter> filters;
  if (const auto code = read_filters(options, filters); code != client::exit_ok)
    return code;
  model::feedback_tally tally(std::move(filters));
  feed_request request;
  request.node = options.call.node;
  request.name = "feedback-report-" + std::to_string(::getpid());
  request.what = "history";
  request.display = terminal::progress_display::fitting_stderr();
  history_feed feed(request);
  const auto end = feed.run([&](std::span<const v1::CanonicalEvent> events) {
    for (const auto& event : events)
      tally.add(event);
    return true;
  });
  const auto left_behind = end.code == client::exit_unreachable ? std::nullopt : feed.forget();
  if (left_behind)
    fail(client::exit_failed, *left_behind);
  if (end.code != client::exit_ok)
    return end.trouble.empty() ? end.code : fail(end.code, end.trouble);
  options.call.json ? print_json(tally) : print_table(tally);
  return left_behind ? client::exit_failed : client::exit_ok;
}

} // namespace cxstream::cli
