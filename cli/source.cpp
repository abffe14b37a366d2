#include "calls.hpp"
#include "command.hpp"
#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <numeric>

namespace cxstream::cli {

namespace {

using admin = v1::AdminService;
using terminal::cell;
using terminal::grouped;
using terminal::tone;

// "BAD_MAPPING 3, BAD_FORMAT 1"
std::string reasons_text(const v1::SourceStatus& source) {
  std::map<std::string, std::uint64_t> ordered(source.refused().begin(), source.refused().end());
  std::string out;
  for (const auto& [reason, count] : ordered)
    out += (out.empty() ? "" : ", ") + reason + " " + grouped(count);
  return out;
}

cell poll_cell(const v1::SourceStatus& source) {
  switch (source.poll_state()) {
    case v1::POLL_CATCHING_UP:
      return {"catching up", tone::notice};
    case v1::POLL_FOLLOWING:
      return {"following"};
    case v1::POLL_FAILING:
      return {"failing", tone::bad};
    default:
      return {"-"};
  }
}

// One line a source that is polled, below the table of what came by itself.
terminal::table poll_table(const v1::ListSourcesResponse& answer) {
  const auto right = terminal::table_column::side::right;
  terminal::table table({{"polled source"},
                         {"poll"},
                         {"read", right},
                         {"known", right},
                         {"filled in", right},
                         {"last answer (UTC)"},
                         {"why it fails"}});
  for (const auto& s : answer.sources())
    if (s.poll_state() != v1::POLL_STATE_UNSPECIFIED)
      table.add({{s.name(), tone::strong},
                 poll_cell(s),
                 {grouped(s.polled())},
                 {grouped(s.known())},
                 terminal::count_cell(s.filled_in(), tone::notice),
                 {s.has_last_poll_at() ? client::time_text(s.last_poll_at()) : "never"},
                 {s.poll_error(), tone::bad}});
  return table;
}

terminal::table source_table(const v1::ListSourcesResponse& answer) {
  const auto right = terminal::table_column::side::right;
  terminal::table table({{"source"},
                         {"mapping"},
                         {"verified by"},
                         {"requests", right},
                         {"accepted", right},
                         {"duplicates", right},
                         {"left out", right},
                         {"dead", right},
                         {"throttled", right},
                         {"last event (UTC)"},
                         {"why dead"}});
  for (const auto& s : answer.sources()) {
    const auto dead = std::accumulate(s.refused().begin(), s.refused().end(), std::uint64_t{0},
                                      [](std::uint64_t sum, const auto& of) { return sum + of.second; });
    table.add({{s.name(), tone::strong},
               {s.removed() ? "removed" : s.mapping(), s.removed() ? tone::notice : tone::plain},
               {s.verification(), s.verification() == "none" ? tone::notice : tone::plain},
               {grouped(s.requests())},
               {grouped(s.accepted())},
               {grouped(s.duplicates())},
               {grouped(s.dropped())},
               terminal::count_cell(dead, tone::bad),
               terminal::count_cell(s.throttled(), tone::notice),
               {s.has_last_event_at() ? client::time_text(s.last_event_at()) : "never"},
               {reasons_text(s)}});
  }
  return table;
}

int list_sources(const call_options& options) {
  return call<admin>(
      options, &admin::Stub::ListSources, v1::ListSourcesRequest(), [&](const v1::ListSourcesResponse& answer) {
        const auto table = source_table(answer);
        const auto text = table.empty() ? "no sources are configured; docs/sources.md says how\n"
                                        : table.text(terminal::style::of_stdout(), terminal::stdout_width());
        if (options.json)
          return client::exit_ok;
        std::fputs(text.c_str(), stdout);
        if (const auto polls = poll_table(answer); !polls.empty())
          std::fputs(("\n" + polls.text(terminal::style::of_stdout(), terminal::stdout_width())).c_str(), stdout);
        return client::exit_ok;
      });
}

} // namespace

void add_source_command(CLI::App& app, invocation& chosen) {
  auto* source = app.add_subcommand("source", "See what the configured sources send")->require_subcommand(1);
  const auto options = std::make_shared<call_options>();
  auto* all = source->add_subcommand("list", "All sources with their counts since the node started");
  add_call_options(*all, *options);
  all->callback([&chosen, options] { chosen.run = [options] { return list_sources(*options); }; });
  source->footer("Examples:\n  cxstream source list\n  cxstream source list --json\n"
                 "  cxstream dead list --source zendesk      what could not be made events of\n\n"
                 "Exit codes: 0 done, 2 wrong usage, 3 no node answers.");
}

} // namespace cxstream::cli
