// `cxstream replay`: events of the history are sent to a sink once more.
#include "calls.hpp"
#include "command.hpp"
#include "terminal/number_text.hpp"
#include "terminal/table.hpp"
#include "time_option.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <optional>

namespace cxstream::cli {

namespace {

using admin = v1::AdminService;
using terminal::grouped;

struct replay_options {
  call_options call;
  std::string id;
  std::string sink;
  std::string committed_from, committed_until, occurred_from, occurred_until;
  std::string ticket, account, source, tag;
  std::optional<double> rate;
  bool allow_history = false;
};

v1::ReplaySelection selection_of(const replay_options& o) {
  v1::ReplaySelection s;
  s.set_sink(o.sink);
  if (!o.committed_from.empty())
    parse_time(o.committed_from, *s.mutable_committed_from());
  if (!o.committed_until.empty())
    parse_time(o.committed_until, *s.mutable_committed_until());
  if (!o.occurred_from.empty())
    parse_time(o.occurred_from, *s.mutable_occurred_from());
  if (!o.occurred_until.empty())
    parse_time(o.occurred_until, *s.mutable_occurred_until());
  s.set_ticket_id(o.ticket);
  s.set_account_id(o.account);
  s.set_source_system(o.source);
  s.set_canonical_tag(o.tag);
  return s;
}

const char* state_text(v1::ReplayState state) {
  switch (state) {
    case v1::REPLAY_RUNNING:
      return "running";
    case v1::REPLAY_PAUSED:
      return "paused";
    case v1::REPLAY_DONE:
      return "done";
    case v1::REPLAY_CANCELLED:
      return "cancelled";
    default:
      return "-";
  }
}

void line(const char* name, const std::string& value) {
  if (!value.empty())
    std::printf("  %-14s %s\n", name, terminal::printable(value).c_str());
}

void print(const v1::Replay& job) {
  std::printf("%s  %s\n", job.id().c_str(), state_text(job.state()));
  line("sink", job.selection().sink());
  line("started", client::time_text(job.created_at()) + " UTC");
  if (job.has_finished_at())
    line("over", client::time_text(job.finished_at()) + " UTC");
  line("looked at", grouped(job.looked_at()));
  line("selected", grouped(job.selected()));
  line("delivered", grouped(job.delivered()));
  line("carried", grouped(job.carried()));
  line("left to sink", grouped(job.left_to_sink()));
  line("failed", grouped(job.failed()));
  line("last error", job.last_error());
  for (const auto& failure : job.failures())
    line("failed:", failure.ticket_id() + " (partition " + std::to_string(failure.partition()) + ", offset " +
                        std::to_string(failure.offset()) + "): " + failure.reason());
}

int preview(const replay_options& options) {
  v1::PreviewReplayRequest request;
  *request.mutable_selection() = selection_of(options);
  request.set_events_per_second(options.rate.value_or(0));
  return call<admin>(
      options.call, &admin::Stub::PreviewReplay, request,
      [&](const v1::PreviewReplayResponse& answer) {
        if (options.call.json)
          return client::exit_ok;
        std::printf("%s of %s events, of %s tickets\n", grouped(answer.events()).c_str(),
                    grouped(answer.looked_at()).c_str(), grouped(answer.tickets()).c_str());
        line("deliveries", grouped(answer.deliveries()));
        line("calls", "at least " + grouped(answer.calls()));
        if (answer.seconds() > 0)
          line("time", terminal::span(std::chrono::milliseconds(static_cast<std::int64_t>(answer.seconds() * 1e3))));
        line("safety", answer.safety());
        for (const auto& warning : answer.warnings())
          line("note", warning);
        return client::exit_ok;
      },
      long_call_timeout);
}

int start(const replay_options& options) {
  v1::StartReplayRequest request;
  *request.mutable_selection() = selection_of(options);
  request.set_events_per_second(options.rate.value_or(0));
  request.set_allow_history(options.allow_history);
  return call<admin>(options.call, &admin::Stub::StartReplay, request, [&](const v1::StartReplayResponse& answer) {
    if (!options.call.json)
      std::printf("started %s; see how it gets on with: cxstream replay show %s\n", answer.replay().id().c_str(),
                  answer.replay().id().c_str());
    return client::exit_ok;
  });
}

int list_replays(const replay_options& options) {
  return call<admin>(
      options.call, &admin::Stub::ListReplays, v1::ListReplaysRequest(), [&](const v1::ListReplaysResponse& answer) {
        if (options.call.json)
          return client::exit_ok;
        const auto right = terminal::table_column::side::right;
        terminal::table table({{"replay"},
                               {"sink"},
                               {"state"},
                               {"started (UTC)"},
                               {"selected", right},
                               {"delivered", right},
                               {"carried", right},
                               {"left", right},
                               {"failed", right},
                               {"last error"}});
        for (const auto& job : answer.replays())
          table.add({{job.id(), terminal::tone::strong},
                     {job.selection().sink()},
                     {state_text(job.state())},
                     {client::time_text(job.created_at())},
                     {grouped(job.selected())},
                     {grouped(job.delivered())},
                     {grouped(job.carried())},
                     {grouped(job.left_to_sink())},
                     {grouped(job.failed()), job.failed() > 0 ? terminal::tone::bad : terminal::tone::plain},
                     {job.last_error()}});
        std::fputs(table.empty() ? "no replays\n"
                                 : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
                   stdout);
        return client::exit_ok;
      });
}

int show(const replay_options& options) {
  v1::GetReplayRequest request;
  request.set_id(options.id);
  return call<admin>(options.call, &admin::Stub::GetReplay, request, [&](const v1::GetReplayResponse& answer) {
    if (!options.call.json)
      print(answer.replay());
    return client::exit_ok;
  });
}

int control(const replay_options& options, v1::ReplayAction action) {
  v1::ControlReplayRequest request;
  request.set_id(options.id);
  request.set_action(action);
  if (options.rate)
    request.set_events_per_second(*options.rate);
  return call<admin>(options.call, &admin::Stub::ControlReplay, request, [&](const v1::ControlReplayResponse& answer) {
    if (!options.call.json)
      std::printf("%s: %s\n", answer.replay().id().c_str(), state_text(answer.replay().state()));
    return client::exit_ok;
  });
}

void add_selection(CLI::App& command, replay_options& o) {
  command.add_option("SINK", o.sink, "Name of the sink")->required();
  command.add_option("--committed-from", o.committed_from, "Committed at or after this time (RFC 3339)")
      ->check(is_time);
  command.add_option("--committed-until", o.committed_until, "Committed before this time")->check(is_time);
  command.add_option("--occurred-from", o.occurred_from, "Occurred at or after this time")->check(is_time);
  command.add_option("--occurred-until", o.occurred_until, "Occurred before this time")->check(is_time);
  command.add_option("--ticket", o.ticket, "Of this ticket");
  command.add_option("--account", o.account, "Of this account");
  command.add_option("--source", o.source, "Of this source system");
  command.add_option("--tag", o.tag, "With this canonical tag");
  command.add_option("--rate", o.rate, "At most so many events a second")->check(CLI::NonNegativeNumber);
}

} // namespace

void add_replay_command(CLI::App& app, invocation& chosen) {
  auto* replay = app.add_subcommand("replay", "Send events of the history to a sink once more")->require_subcommand(1);
  const auto options = std::make_shared<replay_options>();
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = replay->add_subcommand(name, what);
    add_call_options(*command, options->call);
    command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
    return command;
  };
  add_selection(*add("preview", "What a replay would send, without sending it", preview), *options);
  auto* begin = add("start", "Send them, beside what is delivered as it comes", start);
  add_selection(*begin, *options);
  begin->add_flag("--allow-history", options->allow_history,
                  "Also to a sink that keeps history: replayed events come after newer ones, marked as replayed");
  add("list", "All replays, newest first", list_replays);
  const auto one = [&](const char* name, const char* what, auto run) {
    auto* command = add(name, what, run);
    command->add_option("ID", options->id, "The replay")->required();
    return command;
  };
  one("show", "How one of them is doing", show);
  one("pause", "Send nothing until it is resumed",
      [](const replay_options& o) { return control(o, v1::REPLAY_PAUSE); });
  one("resume", "Go on, at another rate if you like", [](const replay_options& o) {
    return control(o, v1::REPLAY_RESUME);
  })->add_option("--rate", options->rate, "At most so many events a second; 0: no limit");
  one("cancel", "End it for good; what was sent stays",
      [](const replay_options& o) { return control(o, v1::REPLAY_CANCEL); });
  replay->footer("Examples:\n  cxstream replay preview crm --committed-from 2026-01-31T08:00:00Z\n"
                 "  cxstream replay start crm --account acme --rate 50\n"
                 "  cxstream replay show replay-0650…\n\n"
                 "Exit codes: 0 done, 1 there is no such sink or replay, or it is not safe, 2 wrong usage, 3 no node "
                 "answers.");
}

} // namespace cxstream::cli
