#include "ticket/ticket.hpp"

#include "command.hpp"

#include <CLI/CLI.hpp>

namespace cxstream::cli {

void add_ticket_command(CLI::App& app, invocation& chosen) {
  struct ticket_options {
    call_options call;
    std::string id;
    std::string account;
    std::uint64_t limit = 100;
  };
  const auto options = std::make_shared<ticket_options>();
  auto* ticket = app.add_subcommand("ticket", "Look at tickets")->require_subcommand(1);

  auto* show = ticket->add_subcommand("show", "State of one ticket");
  show->add_option("ID", options->id, "The ticket")->required();
  show->callback([&chosen, options] { chosen.run = [options] { return show_ticket(options->call, options->id); }; });

  auto* history = ticket->add_subcommand("history", "What happened to one ticket, event by event");
  history->add_option("ID", options->id, "The ticket")->required();
  history->add_option("--limit", options->limit, "Only the newest so many events; 0 for all")->capture_default_str();
  history->callback([&chosen, options] {
    chosen.run = [options] { return show_history(options->call, options->id, options->limit); };
  });
  history->footer("LATE marks an event that is older than what was known; it changes only what nothing newer wrote.");

  auto* search = ticket->add_subcommand("search", "Tickets of an account");
  search->add_option("--account", options->account, "The account")->required();
  search->add_option("--limit", options->limit, "At most so many")->check(CLI::PositiveNumber)->capture_default_str();
  search->callback([&chosen, options] {
    chosen.run = [options] { return search_tickets(options->call, options->account, options->limit); };
  });

  for (auto* command : {show, history, search})
    add_call_options(*command, options->call);
  ticket->footer("Examples:\n  cxstream ticket show INC0000135\n  cxstream ticket history INC0000135 --limit 20\n"
                 "  cxstream ticket search --account acct-1001 --json\n\n"
                 "Exit codes: 0 found, 1 there is none, 2 wrong usage, 3 no node answers.");
}

} // namespace cxstream::cli
