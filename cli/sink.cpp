#include "calls.hpp"
#include "command.hpp"
#include "sink_table.hpp"
#include "terminal/number_text.hpp"
#include "time_option.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <optional>

namespace cxstream::cli {

namespace {

using admin = v1::AdminService;

struct sink_options {
  call_options call;
  std::string sink;
  std::uint32_t limit = 100;
  bool earliest = false;
  bool latest = false;
  std::string time;
  std::optional<std::uint64_t> offset;
  std::optional<std::uint32_t> partition;
};

int list_sinks(const sink_options& options) {
  return call<admin>(
      options.call, &admin::Stub::ListSinks, v1::ListSinksRequest(), [&](const v1::ListSinksResponse& answer) {
        const auto width = terminal::stdout_width();
        const auto text =
            answer.sinks().empty() ? "no sinks\n" : sink_table(answer).text(terminal::style::of_stdout(), width);
        if (!options.call.json)
          std::fputs(text.c_str(), stdout);
        return client::exit_ok;
      });
}

int waiting(const sink_options& options) {
  v1::ListWaitingRequest request;
  request.set_sink(options.sink);
  request.set_page_size(options.limit);
  return call<admin>(options.call, &admin::Stub::ListWaiting, request, [&](const v1::ListWaitingResponse& answer) {
    if (options.call.json)
      return client::exit_ok;
    const auto right = terminal::table_column::side::right;
    terminal::table table(
        {{"ticket"}, {"partition", right}, {"offset", right}, {"attempts", right}, {"due (UTC)"}, {"last error"}});
    for (const auto& w : answer.waiting())
      table.add({{w.ticket_id()},
                 {std::to_string(w.partition())},
                 {std::to_string(w.offset())},
                 {std::to_string(w.attempts())},
                 {w.has_due_at() ? client::time_text(w.due_at()) : "behind another"},
                 {w.last_error()}});
    std::fputs(table.empty() ? "nothing waits\n"
                             : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
               stdout);
    return client::exit_ok;
  });
}

template <class Request, class Answer>
int order(const sink_options& options,
          grpc::Status (admin::Stub::*method)(grpc::ClientContext*, const Request&, Answer*), const Request& request,
          const char* done) {
  return call<admin>(options.call, method, request, [&](const Answer&) {
    if (!options.call.json)
      std::printf("%s: %s\n", options.sink.c_str(), done);
    return client::exit_ok;
  });
}

int seek(const sink_options& options) {
  const auto places = static_cast<int>(options.earliest) + static_cast<int>(options.latest) +
                      static_cast<int>(!options.time.empty()) + static_cast<int>(options.offset.has_value());
  if (places != 1)
    return fail(client::exit_usage, "sink seek: give exactly one of --earliest, --latest, --time, --offset");
  if (options.offset && !options.partition)
    return fail(client::exit_usage, "sink seek: --offset is of one partition; give --partition too");
  v1::SeekSinkRequest request;
  request.set_sink(options.sink);
  if (options.partition)
    request.set_partition(*options.partition);
  if (options.earliest)
    request.set_earliest(true);
  else if (options.latest)
    request.set_latest(true);
  else if (options.offset)
    request.set_offset(*options.offset);
  else if (!parse_time(options.time, *request.mutable_committed_at()))
    return fail(client::exit_usage, "sink seek: --time must be like 2026-01-31T08:00:00Z");
  return order(options, &admin::Stub::SeekSink, request, "moved");
}

using action = int (*)(const sink_options&);

CLI::App* add(CLI::App& sink, invocation& chosen, const std::shared_ptr<sink_options>& options, const char* name,
              const char* what, action run) {
  auto* command = sink.add_subcommand(name, what);
  add_call_options(*command, options->call);
  if (run != &list_sinks)
    command->add_option("SINK", options->sink, "Name of the sink")->required();
  command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  return command;
}

} // namespace

void add_sink_command(CLI::App& app, invocation& chosen) {
  auto* sink = app.add_subcommand("sink", "See and steer the sinks")->require_subcommand(1);
  const auto options = std::make_shared<sink_options>();
  add(*sink, chosen, options, "list", "All sinks and subscribers with their counts", list_sinks);
  add(*sink, chosen, options, "pause", "Stop delivery; the backlog grows on disk", [](const sink_options& o) {
    v1::PauseSinkRequest request;
    request.set_sink(o.sink);
    return order(o, &admin::Stub::PauseSink, request, "paused");
  });
  add(*sink, chosen, options, "resume", "Go on after a pause", [](const sink_options& o) {
    v1::ResumeSinkRequest request;
    request.set_sink(o.sink);
    return order(o, &admin::Stub::ResumeSink, request, "resumed");
  });
  auto* to = add(*sink, chosen, options, "seek", "Deliver again from another place", seek);
  to->add_flag("--earliest", options->earliest, "From the first event");
  to->add_flag("--latest", options->latest, "Skip to the end");
  to->add_option("--time", options->time, "From the first event committed at or after this time");
  to->add_option("--offset", options->offset, "From this offset; needs --partition");
  to->add_option("--partition", options->partition, "Only this partition");
  to->footer("Examples:\n  cxstream sink seek warehouse --earliest\n"
             "  cxstream sink seek crm --time 2026-01-31T08:00:00Z");
  add(*sink, chosen, options, "forget", "Remove a gRPC subscriber and its place", [](const sink_options& o) {
    v1::DeleteSubscriptionRequest request;
    request.set_name(o.sink);
    return order(o, &admin::Stub::DeleteSubscription, request, "forgotten");
  });
  auto* held = add(*sink, chosen, options, "waiting", "Events that wait for a retry", waiting);
  held->add_option("--limit", options->limit, "At most this many")->capture_default_str();
  sink->footer("Examples:\n  cxstream sink list\n  cxstream sink pause crm\n  cxstream sink waiting crm --json\n\n"
               "Exit codes: 0 done, 1 there is no such sink, 2 wrong usage, 3 no node answers.");
}

} // namespace cxstream::cli
