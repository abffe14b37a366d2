#include "calls.hpp"
#include "client/interruption.hpp"
#include "command.hpp"
#include "terminal/style.hpp"

#include "cxstream/v1/subscribe.grpc.pb.h"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdio>
#include <map>
#include <optional>

namespace cxstream::cli {

namespace {

using terminal::tone;

struct tail_options {
  call_options call;
  std::string name;
  bool ephemeral = false;
  bool from_start = false;
  std::uint64_t limit = 0;
  std::uint32_t credit = 0;
  std::string projection = "bi";
  v1::Filter filter;
  std::vector<std::string> types, sources, accounts, statuses, priorities, sentiments, churn_risks, tags, drivers;
};

v1::StartSubscription start_of(const tail_options& options) {
  v1::StartSubscription start;
  start.set_name(options.name);
  start.set_start_at(options.from_start ? v1::EARLIEST : v1::LATEST);
  start.set_credit_events(options.credit);
  auto& filter = *start.mutable_filter();
  filter.CopyFrom(options.filter);
  const auto fill = [](const std::vector<std::string>& from, auto* to) { to->Assign(from.begin(), from.end()); };
  fill(options.types, filter.mutable_event_types());
  fill(options.sources, filter.mutable_source_systems());
  fill(options.accounts, filter.mutable_account_ids());
  fill(options.statuses, filter.mutable_statuses());
  fill(options.priorities, filter.mutable_priorities());
  fill(options.sentiments, filter.mutable_sentiments());
  fill(options.churn_risks, filter.mutable_churn_risks());
  fill(options.tags, filter.mutable_canonical_tags());
  fill(options.drivers, filter.mutable_drivers());
  start.mutable_projection()->set_kind(options.projection == "crm"   ? v1::CRM
                                       : options.projection == "ops" ? v1::OPS
                                                                     : v1::BI);
  return start;
}

void print(const v1::CanonicalEvent& event, const terminal::style& look) {
  std::string details;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      details += "  " + look.paint(tone::dim, std::string(name) + "=") + terminal::printable(value);
  };
  add("status", event.status());
  add("priority", event.priority());
  add("account", event.account_id());
  add("sentiment", event.sentiment().label());
  add("churn_risk", event.churn_risk().label());
  add("tag", event.canonical_tag());
  add("driver", event.driver());
  std::printf("%s  %s %s  %s%s%s\n", look.paint(tone::dim, client::time_text(event.occurred_at())).c_str(),
              look.paint(tone::strong, terminal::printable(event.ticket_id())).c_str(),
              look.paint(tone::dim, "#" + std::to_string(event.pipeline().ticket_sequence())).c_str(),
              terminal::printable(event.event_type()).c_str(),
              event.pipeline().late() ? ("  " + look.paint(tone::notice, "LATE")).c_str() : "", details.c_str());
}

using subscription = grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>;

// Prints what comes and acknowledges it, until the limit, an interruption, or the end of the stream.
void read_events(subscription& stream, const tail_options& options) {
  const auto look = terminal::style::of_stdout();
  v1::SubscribeResponse batch;
  std::uint64_t printed = 0;
  while ((options.limit == 0 || printed < options.limit) && stream.Read(&batch)) {
    std::map<std::uint32_t, std::uint64_t> done; // partition → offset
    for (const auto& event : batch.events()) {
      if (options.limit > 0 && printed == options.limit)
        break;
      if (options.call.json)
        client::print_json(event, client::json_layout::line);
      else
        print(event, look);
      done[event.pipeline().partition()] = event.pipeline().offset();
      ++printed;
    }
    if (std::fflush(stdout) != 0)
      return; // nobody reads: what was not acknowledged comes again
    v1::SubscribeRequest request;
    for (const auto& [partition, offset] : done) {
      auto* place = request.mutable_ack()->add_up_to();
      place->set_partition(partition);
      place->set_offset(offset);
    }
    if (!done.empty() && !stream.Write(request))
      return;
  }
}

void forget(const tail_options& options, const std::shared_ptr<grpc::Channel>& channel) {
  v1::DeleteSubscriptionRequest request;
  request.set_name(options.name);
  v1::DeleteSubscriptionResponse answer;
  const auto stub = v1::AdminService::NewStub(channel);
  const auto status = stub->DeleteSubscription(client::call_within(call_timeout).get(), request, &answer);
  if (!status.ok())
    fail(client::exit_failed, "the subscription '" + options.name + "' stays on the node: " + status.error_message() +
                                  "; remove it with: cxstream sink forget " + options.name);
}

int run(const tail_options& options) {
  const auto channel = client::connect(options.call.node);
  const auto stub = v1::SubscribeService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->Subscribe(&context);
  v1::SubscribeRequest request;
  *request.mutable_start() = start_of(options);
  grpc::Status status;
  {
    const client::interruption_watch watch([&] { context.TryCancel(); });
    if (stream->Write(request))
      read_events(*stream, options);
    stream->WritesDone(); // the node reads the acknowledgements before it sees the end
    v1::SubscribeResponse rest;
    while (stream->Read(&rest)) {
      // events that came after the limit; they come again
    }
    status = stream->Finish();
  }
  if (options.ephemeral && status.error_code() != grpc::StatusCode::UNAVAILABLE)
    forget(options, channel);
  if (client::interrupted() || status.ok())
    return client::exit_ok;
  return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
}

void add_filter_options(CLI::App& command, tail_options& options) {
  const auto list = [&](const char* name, std::vector<std::string>& values, const char* what) {
    command.add_option(name, values, what)->group("Filter (an event passes when each one given has its value)");
  };
  list("--type", options.types, "Event types; ticket.* for all that begin so");
  list("--source", options.sources, "Source systems");
  list("--account", options.accounts, "Accounts");
  list("--status", options.statuses, "Statuses");
  list("--priority", options.priorities, "Priorities");
  list("--sentiment", options.sentiments, "Sentiments");
  list("--churn-risk", options.churn_risks, "Churn risks");
  list("--tag", options.tags, "Canonical tags");
  list("--driver", options.drivers, "Drivers");
  command
      .add_flag_callback(
          "--no-late", [&options] { options.filter.set_exclude_late(true); }, "Without late events")
      ->group("Filter (an event passes when each one given has its value)");
}

} // namespace

void add_tail_command(CLI::App& app, invocation& chosen) {
  auto* command =
      app.add_subcommand("tail", "Watch events as they are committed; a durable consumer when it has a name");
  const auto options = std::make_shared<tail_options>();
  command->add_option("--name", options->name,
                      "Name of the consumer: the node remembers where it was. Without one it is forgotten at the end");
  command->add_flag("--ephemeral", options->ephemeral, "Forget the consumer at the end, though it has a name");
  command->add_flag("--from-start", options->from_start,
                    "A new consumer begins with the first event, not with the next");
  command->add_option("--limit", options->limit, "End after so many events; 0: never")->capture_default_str();
  command->add_option("--credit", options->credit, "Unacknowledged events at a time; 0: the node's default");
  command->add_option("--projection", options->projection, "Fields to get")
      ->check(CLI::IsMember({"crm", "bi", "ops"}))
      ->capture_default_str();
  add_filter_options(*command, *options);
  add_node_options(*command, options->call.node);
  command->add_flag("--json", options->call.json, "One JSON object a line");
  command->footer("Examples:\n  cxstream tail --from-start --limit 20\n"
                  "  cxstream tail --status open --churn-risk high very_high\n"
                  "  cxstream tail --name billing-bot --json | ./billing-bot\n\n"
                  "Exit codes: 0 the limit or Ctrl-C, 1 the name is taken, 2 wrong usage, 3 no node answers.");
  command->callback([&chosen, options] {
    if (options->name.empty()) {
      options->name = "tail-" + std::to_string(::getpid());
      options->ephemeral = true;
    }
    chosen.run = [options] { return run(*options); };
  });
}

} // namespace cxstream::cli
