#include "feedback/feedback.hpp"

#include "command.hpp"

#include <CLI/CLI.hpp>

namespace cxstream::cli {

void add_feedback_command(CLI::App& app, invocation& chosen) {
  auto* feedback = app.add_subcommand("feedback", "Deliveries that were wrong: false positives")->require_subcommand(1);
  const auto options = std::make_shared<feedback_options>();
  auto* add = feedback->add_subcommand("add", "Call what a sink told about an event a false positive");
  add->add_option("SINK", options->sink, "The sink that told it")->required();
  add->add_option("TICKET", options->ticket, "The ticket")->required();
  add->add_option("SEQUENCE", options->sequence, "Which event of the ticket: its ticket_sequence")
      ->required()
      ->check(CLI::PositiveNumber);
  add_call_options(*add, options->call);
  add->footer("Example:\n  cxstream feedback add churn-alerts INC0012345 4\n\n"
              "It becomes an event of the ticket, feedback.false_positive; the same again is a duplicate.\n"
              "Exit codes: 0 done, 1 there is no such sink, ticket or event, 2 wrong usage, 3 no node answers.");
  add->callback([&chosen, options] { chosen.run = [options] { return add_feedback(*options); }; });

  auto* report = feedback->add_subcommand("report", "False positives by canonical tag, driver and sink");
  add_call_options(*report, options->call);
  report->footer(
      "Example:\n  cxstream feedback report\n\n"
      "The share is of the events that pass the sink's filter. The node's history is read by a subscription\n"
      "that is removed at the end.\n"
      "Exit codes: 0 done, 1 the history could not be read, 2 wrong usage, 3 no node answers.");
  report->callback([&chosen, options] { chosen.run = [options] { return report_feedback(*options); }; });
}

} // namespace cxstream::cli
