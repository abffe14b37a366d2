#include "dead/dead.hpp"

#include "terminal/table.hpp"

#include <algorithm>
#include <cstdio>

namespace cxstream::cli {

int list_dead(const dead_options& options) {
  if (options.group)
    return group_dead(options);
  const auto stub = v1::AdminService::NewStub(client::connect(options.call.node));
  terminal::table table({{"id"}, {"at (UTC)"}, {"stage"}, {"sink"}, {"ticket"}, {"reason"}, {"field"}, {"message"}});
  v1::ListDeadLettersRequest request;
  *request.mutable_selector() = selector_of(options);
  std::uint32_t listed = 0;
  v1::ListDeadLettersResponse page;
  do {
    request.set_page_size(std::min(1'000u, options.limit - listed));
    const auto context = client::call_within(call_timeout);
    const auto status = stub->ListDeadLetters(context.get(), request, &page);
    if (!status.ok())
      return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
    for (const auto& letter : page.dead_letters()) {
      ++listed;
      if (options.call.json)
        client::print_json(letter, client::json_layout::line);
      else
        table.add({{letter.id(), terminal::tone::strong},
                   {client::time_text(letter.dead_at())},
                   {stage_text(letter.stage())},
                   {letter.sink()},
                   {letter.ticket_id()},
                   {letter.reason(), terminal::tone::bad},
                   {letter.field_path()},
                   {letter.message()}});
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && listed < options.limit);
  if (options.call.json)
    return client::exit_ok;
  std::fputs(table.empty() ? "no dead letters\n"
                           : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
             stdout);
  if (!page.next_page_token().empty())
    std::printf("… and more; --limit raises the limit of %u\n", options.limit);
  return client::exit_ok;
}

} // namespace cxstream::cli
