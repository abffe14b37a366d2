#include "calls.hpp"
#include "command.hpp"
#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::tone;

void print_proof(const v1::VerifyResponse& proof) {
  const auto look = terminal::style::of_stdout();
  const auto right = terminal::table_column::side::right;
  std::printf("%s events of %s tickets\n", grouped(proof.events()).c_str(), grouped(proof.tickets()).c_str());
  terminal::table sinks({{"sink"},
                         {"committed", right},
                         {"= delivered", right},
                         {"+ filtered", right},
                         {"+ coalesced", right},
                         {"+ waiting", right},
                         {"+ dead", right},
                         {"+ discarded", right},
                         {"+ pending", right},
                         {""}});
  for (const auto& sink : proof.sinks()) {
    const auto& c = sink.counts();
    sinks.add({{sink.sink()},
               {grouped(c.committed())},
               {grouped(c.delivered())},
               {grouped(c.filtered())},
               {grouped(c.coalesced())},
               {grouped(c.waiting())},
               {grouped(c.dead())},
               {grouped(c.discarded())},
               {grouped(c.pending())},
               sink.ok() ? terminal::cell("OK", tone::good) : terminal::cell("WRONG", tone::bad)});
  }
  if (!sinks.empty())
    std::printf("\n%s\n", sinks.text(look).c_str());
  for (const auto& finding : proof.findings()) {
    const auto where =
        "partition " + std::to_string(finding.partition()) + (finding.sink().empty() ? "" : ", sink " + finding.sink());
    std::printf("%s  %s: %s\n", look.paint(tone::bad, "finding").c_str(), where.c_str(),
                terminal::printable(finding.message()).c_str());
  }
  std::printf("verify: %s\n", look.paint(proof.ok() ? tone::good : tone::bad, proof.ok() ? "OK" : "FAILED").c_str());
}

} // namespace

void add_verify_command(CLI::App& app, invocation& chosen) {
  auto* command = app.add_subcommand("verify", "Prove that every event is accounted for, at every sink");
  struct verify_options {
    call_options call;
    bool deep = false;
  };
  const auto options = std::make_shared<verify_options>();
  command->add_flag("--deep", options->deep, "Also fold every ticket again from the log and compare");
  add_call_options(*command, options->call);
  command->footer("Example:\n  cxstream verify --deep && echo all accounted for\n\n"
                  "Exit codes: 0 everything adds up, 1 there are findings, 3 no node answers.");
  command->callback([&chosen, options] {
    chosen.run = [options] {
      v1::VerifyRequest request;
      request.set_deep(options->deep);
      return call<v1::AdminService>(
          options->call, &v1::AdminService::Stub::Verify, request,
          [&](const v1::VerifyResponse& proof) {
            if (!options->call.json)
              print_proof(proof);
            return proof.ok() ? client::exit_ok : client::exit_failed;
          },
          long_call_timeout);
    };
  });
}

} // namespace cxstream::cli
