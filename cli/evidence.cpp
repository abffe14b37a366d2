#include "calls.hpp"
#include "command.hpp"

#include "model/evidence.hpp"
#include "taxonomy/history_feed.hpp"
#include "terminal/table.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

namespace cxstream::cli {

namespace {

struct finding {
  std::string ticket;
  std::uint64_t sequence = 0; // of the event with the link
  int http_status = 0;
  google::protobuf::Timestamp found_at;
  std::string url;
  std::string source;
};

// The findings of the node's history, the last ones.
int read_findings(const call_options& options, std::size_t limit, std::vector<finding>& out) {
  feed_request request;
  request.node = options.node;
  request.name = "evidence-list-" + std::to_string(::getpid());
  request.filter.add_event_types(std::string(model::broken_evidence_type));
  request.what = "history";
  request.display = terminal::progress_display::fitting_stderr();
  history_feed feed(request);
  const auto end = feed.run([&](std::span<const v1::CanonicalEvent> events) {
    for (const auto& event : events)
      if (const auto broken = model::broken_link_in(event)) {
        out.push_back(
            {event.ticket_id(), broken->sequence.value, broken->http_status, event.pipeline().received_at(), {}, {}});
        if (out.size() > limit)
          out.erase(out.begin());
      }
    return true;
  });
  const auto left_behind = end.code == client::exit_unreachable ? std::nullopt : feed.forget();
  if (left_behind)
    return fail(client::exit_failed, *left_behind);
  if (end.code != client::exit_ok)
    return end.trouble.empty() ? end.code : fail(end.code, end.trouble);
  return client::exit_ok;
}

// The link, out of the event that has it.
int read_link(const call_options& options, finding& of) {
  auto quiet = options;
  quiet.json = false;
  v1::GetTicketHistoryRequest request;
  request.set_ticket_id(of.ticket);
  request.set_from_sequence(of.sequence);
  request.set_page_size(1);
  return call<v1::QueryService>(quiet, &v1::QueryService::Stub::GetTicketHistory, request,
                                [&](const v1::GetTicketHistoryResponse& answer) {
                                  if (answer.events_size() > 0) {
                                    of.url = answer.events(0).evidence_url();
                                    of.source = answer.events(0).source_system();
                                  }
                                  return client::exit_ok;
                                });
}

int list_checks(const call_options& options, std::size_t limit) {
  std::vector<finding> found;
  if (const auto code = read_findings(options, limit, found); code != client::exit_ok)
    return code;
  auto rows = nlohmann::ordered_json::array();
  terminal::table table({{"ticket"}, {"event"}, {"source"}, {"status"}, {"found (UTC)"}, {"evidence"}});
  for (auto& each : found) {
    if (const auto code = read_link(options, each); code != client::exit_ok)
      return code;
    const auto at = client::time_text(each.found_at);
    rows.push_back({{"ticket_id", each.ticket},
                    {"ticket_sequence", each.sequence},
                    {"source_system", each.source},
                    {"http_status", each.http_status},
                    {"found_at", at},
                    {"evidence_url", each.url}});
    table.add({{each.ticket},
               {std::to_string(each.sequence)},
               {each.source},
               {std::to_string(each.http_status)},
               {at},
               {each.url}});
  }
  if (options.json)
    std::printf("%s\n", rows.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  else
    std::fputs(found.empty() ? "no broken evidence links were found\n"
                             : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
               stdout);
  return client::exit_ok;
}

} // namespace

void add_evidence_command(CLI::App& app, invocation& chosen) {
  auto* evidence = app.add_subcommand("evidence", "Evidence links that lead nowhere")->require_subcommand(1);
  auto* command = evidence->add_subcommand("list", "Links that a sink of kind evidence found broken");
  const auto options = std::make_shared<call_options>();
  const auto limit = std::make_shared<std::size_t>(100);
  add_call_options(*command, *options);
  command->add_option("--limit", *limit, "The last so many")->capture_default_str()->check(CLI::PositiveNumber);
  command->footer("Example:\n  cxstream evidence list --limit 20\n\n"
                  "Exit codes: 0 done, 1 the history could not be read, 2 wrong usage, 3 no node answers.");
  command->callback(
      [&chosen, options, limit] { chosen.run = [options, limit] { return list_checks(*options, *limit); }; });
}

} // namespace cxstream::cli
