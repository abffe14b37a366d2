#include "ticket/ticket.hpp"

#include "terminal/style.hpp"
#include "ticket/timeline.hpp"

#include <cstdio>
#include <deque>

namespace cxstream::cli {

namespace {

using terminal::printable;
using terminal::tone;

constexpr std::size_t text_columns_max = 100; // of one old or new value

struct told_event {
  v1::CanonicalEvent event;
  std::vector<field_change> changes;
};

void print(const told_event& told, const terminal::style& look) {
  const auto& event = told.event;
  std::string number = "#" + std::to_string(event.pipeline().ticket_sequence());
  number.insert(0, number.size() < 6 ? 6 - number.size() : 0, ' ');
  std::printf("%s %s  %s  %s%s%s\n", look.paint(tone::dim, client::time_text(event.occurred_at())).c_str(),
              look.paint(tone::strong, number).c_str(), printable(event.event_type()).c_str(),
              look.paint(tone::dim, printable(event.source_system())).c_str(),
              event.version() > 0 ? look.paint(tone::dim, " v" + std::to_string(event.version())).c_str() : "",
              event.pipeline().late() ? ("  " + look.paint(tone::notice, "LATE")).c_str() : "");
  const std::string indent(32, ' ');
  const auto shown = [](const std::string& text) { return terminal::fitted(printable(text), text_columns_max); };
  for (const auto& change : told.changes) {
    auto line = look.paint(tone::dim, change.field + ": ");
    if (!change.before.empty() && change.field != "evidence_url")
      line += shown(change.before) + " → ";
    line += change.after.empty() ? look.paint(tone::dim, "(cleared)") : look.paint(tone::strong, shown(change.after));
    std::printf("%s%s\n", indent.c_str(), line.c_str());
  }
  if (told.changes.empty())
    std::printf(
        "%s%s\n", indent.c_str(),
        look.paint(tone::dim, event.pipeline().late() ? "(newer values were known already)" : "(no change)").c_str());
}

} // namespace

int show_history(const call_options& options, const std::string& ticket_id, std::uint64_t limit) {
  const auto stub = v1::QueryService::NewStub(client::connect(options.node));
  v1::GetTicketHistoryRequest request;
  request.set_ticket_id(ticket_id);
  request.set_from_sequence(1);
  request.set_page_size(1'000);
  timeline story;
  std::deque<told_event> last;
  std::uint64_t before = 0; // events that are not shown
  do {
    v1::GetTicketHistoryResponse page;
    const auto context = client::call_within(call_timeout);
    const auto status = stub->GetTicketHistory(context.get(), request, &page);
    if (!status.ok())
      return fail(client::exit_code_of(status), client::explain(status, options.node.server));
    for (auto& event : *page.mutable_events()) {
      auto changes = story.add(event);
      last.push_back({std::move(event), std::move(changes)});
      if (limit > 0 && last.size() > limit) {
        last.pop_front();
        ++before;
      }
    }
    request.set_from_sequence(page.next_sequence());
  } while (request.from_sequence() != 0);
  const auto look = terminal::style::of_stdout();
  if (before > 0 && !options.json)
    std::printf("(%llu earlier events; --limit 0 shows all)\n", static_cast<unsigned long long>(before));
  for (const auto& told : last) {
    if (options.json)
      client::print_json(told.event, client::json_layout::line);
    else
      print(told, look);
  }
  return client::exit_ok;
}

} // namespace cxstream::cli
