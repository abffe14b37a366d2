#include "dead/dead.hpp"

#include "model/revision.hpp"
#include "sources/mapping/field_path.hpp"
#include "sources/mapping/time_text.hpp"

#include "google/protobuf/util/json_util.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace cxstream::cli {

namespace {

base::result<std::string> read_text(const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return base::error{base::error_code::not_found, "cannot read " + file};
  text << in.rdbuf();
  return text.str();
}

// "status=open"
base::result<void> apply(const std::string& assignment, v1::CanonicalEvent& event) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos)
    return base::error{base::error_code::invalid_argument, "--set takes field=value, such as status=open"};
  const auto field = sources::field_path::find(assignment.substr(0, equals));
  if (!field)
    return field.err();
  const auto value = assignment.substr(equals + 1);
  if (!field->is_time())
    return field->set(event, value);
  const auto rule = sources::time_rule::make("rfc3339", "UTC");
  const auto at = rule ? rule->parse(value) : base::result<base::timestamp>(rule.err());
  if (!at)
    return at.err();
  model::set_us(*event.mutable_occurred_at(), base::to_us(*at));
  return {};
}

base::result<v1::CanonicalEvent> edited(const dead_options& options, const std::string& payload) {
  v1::CanonicalEvent event;
  if (!options.event_file.empty()) {
    const auto text = read_text(options.event_file);
    if (!text)
      return text.err();
    const auto status = google::protobuf::util::JsonStringToMessage(*text, &event);
    if (!status.ok())
      return base::error{base::error_code::invalid_argument,
                         options.event_file + " is not a canonical event as JSON: " + status.message().ToString()};
  } else if (!event.ParseFromString(payload)) {
    return base::error{base::error_code::failed_precondition,
                       "what was received is no event that fields could be set in; give a whole one with --event"};
  }
  for (const auto& assignment : options.sets) {
    if (const auto applied = apply(assignment, event); !applied)
      return applied.err();
  }
  return event;
}

} // namespace

int edit_dead(const dead_options& options) {
  if (options.sets.empty() && options.event_file.empty())
    return fail(client::exit_usage, "dead edit: say what to change, with --set field=value or --event FILE");
  const auto stub = v1::AdminService::NewStub(client::connect(options.call.node));
  v1::GetDeadLetterRequest get;
  get.set_id(options.id);
  v1::GetDeadLetterResponse letter;
  auto status = stub->GetDeadLetter(client::call_within(call_timeout).get(), get, &letter);
  if (!status.ok())
    return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
  const auto event = edited(options, letter.dead_letter().payload());
  if (!event)
    return fail(client::exit_usage, "dead edit: " + event.err().message);
  v1::EditDeadLetterRequest request;
  request.set_id(options.id);
  request.set_payload(event->SerializeAsString());
  v1::EditDeadLetterResponse answer;
  status = stub->EditDeadLetter(client::call_within(call_timeout).get(), request, &answer);
  if (!status.ok())
    return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
  if (options.call.json)
    client::print_json(*event);
  else
    std::printf("edited; try it again with: cxstream dead requeue %s\n", options.id.c_str());
  return client::exit_ok;
}

} // namespace cxstream::cli
