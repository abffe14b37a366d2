#include "feedback/feedback.hpp"

#include "model/feedback.hpp"
#include "model/revision.hpp"
#include "taxonomy/event_sender.hpp"

#include <algorithm>
#include <cstdio>

namespace cxstream::cli {

namespace {

int send(const feedback_options& options, const v1::CanonicalEvent& about) {
  const auto told_at = base::from_us(model::to_us(about.pipeline().committed_at()));
  event_sender sender(options.call.node, 0);
  if (!sender.send(
          {model::false_positive(options.sink, options.ticket, base::ticket_sequence{options.sequence}, told_at)}))
    return fail(client::exit_code_of(sender.trouble()), client::explain(sender.trouble(), options.call.node.server));
  if (sender.counts().refused > 0)
    return fail(client::exit_failed, sender.refusals().empty() ? "it was refused" : sender.refusals().front());
  const bool known = sender.counts().duplicates > 0;
  if (options.call.json)
    std::printf("{\"outcome\": \"%s\"}\n", known ? "duplicate" : "accepted");
  else
    std::printf("%s\n", known ? "it was noted before" : "noted");
  return client::exit_ok;
}

} // namespace

int add_feedback(const feedback_options& options) {
  auto quiet = options.call;
  quiet.json = false;
  bool known = false;
  const auto listed = call<v1::AdminService>(
      quiet, &v1::AdminService::Stub::ListSinks, v1::ListSinksRequest(), [&](const v1::ListSinksResponse& answer) {
        known = std::ranges::any_of(answer.sinks(), [&](const v1::SinkStatus& s) { return s.name() == options.sink; });
        return client::exit_ok;
      });
  if (listed != client::exit_ok)
    return listed;
  if (!known)
    return fail(client::exit_failed, "there is no sink \"" + options.sink + "\"; see cxstream sink list");
  v1::GetTicketHistoryRequest request;
  request.set_ticket_id(options.ticket);
  request.set_from_sequence(options.sequence);
  request.set_page_size(1);
  return call<v1::QueryService>(
      quiet, &v1::QueryService::Stub::GetTicketHistory, request,
      [&](const v1::GetTicketHistoryResponse& answer) -> int {
        if (answer.events_size() == 0 || answer.events(0).pipeline().ticket_sequence() != options.sequence)
          return fail(client::exit_failed, "the ticket has no event " + std::to_string(options.sequence));
        return send(options, answer.events(0));
      });
}

} // namespace cxstream::cli
