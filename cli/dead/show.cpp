#include "dead/dead.hpp"

#include "terminal/style.hpp"

#include <absl/strings/escaping.h>

#include <cstdio>

namespace cxstream::cli {

namespace {

void print(const v1::DeadLetter& letter) {
  const auto look = terminal::style::of_stdout();
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty())
      std::printf("  %s %s\n", look.paint(terminal::tone::dim, name).c_str(), terminal::printable(value).c_str());
  };
  std::printf("%s\n", look.paint(terminal::tone::strong, letter.id()).c_str());
  line("class:        ", class_text(letter.cause_class()));
  line("reason:       ", letter.reason() + (letter.field_path().empty() ? "" : " at " + letter.field_path()));
  line("message:      ", letter.message());
  line("given up at:  ", client::time_text(letter.dead_at()) + " UTC");
  line("source:       ", letter.source_system());
  line("sink:         ", letter.sink());
  line("ticket:       ", letter.ticket_id());
  line("sent to:      ", letter.source());
  for (const auto& header : letter.headers())
    line("header:       ", header.name() + ": " + header.value());
  if (letter.stage() == v1::TICKET || letter.stage() == v1::DELIVERY)
    line("place:        ",
         "partition " + std::to_string(letter.partition()) + ", offset " + std::to_string(letter.offset()));
  if (letter.stage() == v1::DELIVERY)
    line("sequence:     ", std::to_string(letter.ticket_sequence()));
  if (letter.attempts() > 0)
    line("attempts:     ", std::to_string(letter.attempts()));
  for (const auto& attempt : letter.tries()) {
    line("attempt:      ", std::to_string(attempt.number()) + " at " + client::time_text(attempt.at()) + " UTC, " +
                               attempt.outcome() + ": " + attempt.reason());
    if (!attempt.exchange().empty())
      std::printf("%s\n", terminal::printable(attempt.exchange()).c_str());
  }
  if (letter.stage() == v1::SOURCE) {
    std::printf("  %s\n%s\n", look.paint(terminal::tone::dim, "payload, as it was sent:").c_str(),
                terminal::printable(letter.payload()).c_str());
    return;
  }
  v1::CanonicalEvent event;
  const auto is_event = event.ParseFromString(letter.payload());
  std::printf("  %s\n%s\n",
              look.paint(terminal::tone::dim, letter.edited() ? "content, as it was edited:" : "content:").c_str(),
              is_event ? client::to_json(event, client::json_layout::indented).c_str()
                       : ("no event; the bytes are \"" + absl::CHexEscape(letter.payload()) + "\"").c_str());
}

} // namespace

int show_dead(const dead_options& options) {
  v1::GetDeadLetterRequest request;
  request.set_id(options.id);
  return call<v1::AdminService>(options.call, &v1::AdminService::Stub::GetDeadLetter, request,
                                [&](const v1::GetDeadLetterResponse& answer) {
                                  if (!options.call.json)
                                    print(answer.dead_letter());
                                  return client::exit_ok;
                                });
}

} // namespace cxstream::cli
