#include "dead/dead.hpp"

#include "command.hpp"
#include "time_option.hpp"

#include <CLI/CLI.hpp>

namespace cxstream::cli {

namespace {

using action = int (*)(const dead_options&);

CLI::App* add(CLI::App& dead, invocation& chosen, const std::shared_ptr<dead_options>& options, const char* name,
              const char* what, action run) {
  auto* command = dead.add_subcommand(name, what);
  command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  return command;
}

void add_selector(CLI::App& command, dead_options& options) {
  command.add_option("ID", options.ids, "Dead letters by id");
  command.add_option("--stage", options.stage, "Where they were given up")
      ->check(CLI::IsMember({"source", "ingest", "ticket", "delivery"}));
  command.add_option("--sink", options.sink, "Of this sink");
  command.add_option("--source", options.source, "Of payloads to this configured source");
  command.add_option("--ticket", options.ticket, "Of this ticket");
  command.add_option("--reason", options.reason, "With this reason, such as BAD_MAPPING or budget_spent");
  command.add_option("--class", options.cause_class, "With this kind of cause")
      ->check(CLI::IsMember({"pipeline", "contract", "refused", "attempts"}));
  command.add_option("--cause", options.cause, "With this cause, as `dead list --group` names it");
  command.add_option("--since", options.since, "Given up at or after this time (RFC 3339)")->check(is_time);
  command.add_option("--until", options.until, "Given up before this time (RFC 3339)")->check(is_time);
}

} // namespace

std::string class_text(v1::DeadLetterClass what) {
  switch (what) {
    case v1::PIPELINE_FAULT:
      return "pipeline";
    case v1::CONTRACT:
      return "contract";
    case v1::REFUSED_BY_TARGET:
      return "refused";
    case v1::ATTEMPTS_SPENT:
      return "attempts";
    default:
      return "-";
  }
}

std::string stage_text(v1::DeadLetterStage stage) {
  switch (stage) {
    case v1::INGEST:
      return "ingest";
    case v1::TICKET:
      return "ticket";
    case v1::DELIVERY:
      return "delivery";
    case v1::SOURCE:
      return "source";
    default:
      return "-";
  }
}

v1::DeadLetterSelector selector_of(const dead_options& options) {
  v1::DeadLetterSelector selector;
  for (const auto& id : options.ids)
    selector.add_ids(id);
  if (options.stage == "ingest")
    selector.set_stage(v1::INGEST);
  else if (options.stage == "ticket")
    selector.set_stage(v1::TICKET);
  else if (options.stage == "delivery")
    selector.set_stage(v1::DELIVERY);
  else if (options.stage == "source")
    selector.set_stage(v1::SOURCE);
  selector.set_sink(options.sink);
  selector.set_source(options.source);
  selector.set_ticket_id(options.ticket);
  selector.set_reason(options.reason);
  selector.set_cause(options.cause);
  for (const auto what : {v1::PIPELINE_FAULT, v1::CONTRACT, v1::REFUSED_BY_TARGET, v1::ATTEMPTS_SPENT})
    if (options.cause_class == class_text(what))
      selector.set_cause_class(what);
  if (!options.since.empty())
    parse_time(options.since, *selector.mutable_since());
  if (!options.until.empty())
    parse_time(options.until, *selector.mutable_until());
  return selector;
}

bool selects_something(const v1::DeadLetterSelector& selector) {
  return selector.ByteSizeLong() > 0;
}

void add_dead_command(CLI::App& app, invocation& chosen) {
  auto* dead =
      app.add_subcommand("dead", "Dead letters: what was refused, or given up by a sink")->require_subcommand(1);
  const auto options = std::make_shared<dead_options>();

  auto* list = add(*dead, chosen, options, "list", "List them, oldest first", list_dead);
  add_selector(*list, *options);
  list->add_flag("--group", options->group, "Count them by cause");
  list->add_option("--limit", options->limit, "At most so many")->check(CLI::PositiveNumber)->capture_default_str();

  auto* show = add(*dead, chosen, options, "show", "One of them, with its content", show_dead);
  show->add_option("ID", options->id, "The dead letter")->required();

  auto* edit = add(*dead, chosen, options, "edit", "Repair one, for a requeue", edit_dead);
  edit->add_option("ID", options->id, "The dead letter")->required();
  edit->add_option("--set", options->sets, "Set a field, such as status=open; again for more");
  edit->add_option("--event", options->event_file, "File with the whole event as JSON; - for standard input");

  auto* requeue = add(*dead, chosen, options, "requeue", "Try them again, in the order of their tickets", requeue_dead);
  add_selector(*requeue, *options);
  requeue->add_flag("--allow-older", options->allow_older,
                    "Deliver also where a newer event of the ticket was delivered before");

  auto* discard = add(*dead, chosen, options, "discard", "Give them up for good", discard_dead);
  add_selector(*discard, *options);
  discard->add_option("--why", options->why, "Why, for the log");

  auto* out =
      add(*dead, chosen, options, "export", "Write them, with their content, as one JSON object a line", export_dead);
  add_selector(*out, *options);
  out->add_option("-o,--out", options->out, "File to write; standard output when absent");

  for (auto* command : {list, show, edit, requeue, discard})
    add_call_options(*command, options->call);
  add_node_options(*out, options->call.node);
  dead->footer("Examples:\n  cxstream dead list --stage ingest\n  cxstream dead show ingest-0006…\n"
               "  cxstream dead edit ingest-0006… --set status=open && cxstream dead requeue ingest-0006…\n"
               "  cxstream dead list --group --sink crm\n"
               "  cxstream dead requeue --sink crm --class attempts --since 2026-01-31T08:00:00Z\n"
               "  cxstream dead discard --cause 'no such field #' --why 'field was retired'\n"
               "  cxstream dead requeue --source zendesk --reason BAD_MAPPING\n"
               "  cxstream dead export --sink crm --out crm-dead.ndjson\n\n"
               "Exit codes: 0 done, 1 none was found or one could not be requeued, 2 wrong usage, 3 no node answers.");
}

} // namespace cxstream::cli
