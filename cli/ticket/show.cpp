#include "ticket/ticket.hpp"

#include "terminal/number_text.hpp"
#include "terminal/table.hpp"
#include "ticket/timeline.hpp"

#include <cstdio>

namespace cxstream::cli {

namespace {

void print(const v1::TicketState& ticket) {
  const auto look = terminal::style::of_stdout();
  const auto line = [&](const std::string& name, const std::string& value) {
    std::string label = name + ":";
    label.resize(std::max<std::size_t>(label.size() + 1, 18), ' ');
    std::printf("  %s%s\n", look.paint(terminal::tone::dim, label).c_str(), terminal::printable(value).c_str());
  };
  std::printf("%s\n", look.paint(terminal::tone::strong, terminal::printable(ticket.ticket_id())).c_str());
  for (const auto& [field, text] : field_texts(ticket))
    line(field, text);
  line("events",
       terminal::grouped(ticket.ticket_sequence()) +
           (ticket.late_events() > 0 ? ", " + terminal::grouped(ticket.late_events()) + " of them late" : ""));
  line("first event", client::time_text(ticket.first_occurred_at()) + " UTC");
  line("newest event", client::time_text(ticket.last_occurred_at()) + " UTC");
  line("partition", std::to_string(ticket.partition()));
}

} // namespace

int show_ticket(const call_options& options, const std::string& ticket_id) {
  v1::GetTicketRequest request;
  request.set_ticket_id(ticket_id);
  return call<v1::QueryService>(options, &v1::QueryService::Stub::GetTicket, request,
                                [&](const v1::GetTicketResponse& answer) {
                                  if (!options.json)
                                    print(answer.ticket());
                                  return client::exit_ok;
                                });
}

} // namespace cxstream::cli
