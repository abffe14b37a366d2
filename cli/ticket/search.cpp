#include "ticket/ticket.hpp"

#include "terminal/table.hpp"

#include <algorithm>
#include <cstdio>

namespace cxstream::cli {

int search_tickets(const call_options& options, const std::string& account_id, std::uint64_t limit) {
  const auto stub = v1::QueryService::NewStub(client::connect(options.node));
  const auto right = terminal::table_column::side::right;
  terminal::table table({{"ticket"},
                         {"status"},
                         {"priority"},
                         {"events", right},
                         {"newest event (UTC)"},
                         {"sentiment"},
                         {"churn risk"},
                         {"tag"}});
  v1::SearchTicketsRequest request;
  request.set_account_id(account_id);
  std::uint64_t found = 0;
  do {
    request.set_page_size(static_cast<std::uint32_t>(std::min<std::uint64_t>(1'000, limit - found)));
    v1::SearchTicketsResponse page;
    const auto context = client::call_within(call_timeout);
    const auto status = stub->SearchTickets(context.get(), request, &page);
    if (!status.ok())
      return fail(client::exit_code_of(status), client::explain(status, options.node.server));
    for (const auto& ticket : page.tickets()) {
      ++found;
      if (options.json)
        client::print_json(ticket, client::json_layout::line);
      else
        table.add({{ticket.ticket_id(), terminal::tone::strong},
                   {ticket.status().value()},
                   {ticket.priority().value()},
                   {std::to_string(ticket.ticket_sequence())},
                   {client::time_text(ticket.last_occurred_at())},
                   {ticket.sentiment().value().label()},
                   {ticket.churn_risk().value().label()},
                   {ticket.canonical_tag().value()}});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && found < limit);
  if (found == 0)
    return fail(client::exit_failed, "no ticket of account '" + account_id + "'");
  if (!options.json)
    std::fputs(table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(), stdout);
  return client::exit_ok;
}

} // namespace cxstream::cli
