#include "transport/http/event_document.hpp"

#include "transport/http/cloud_event.hpp"
#include "transport/http/event_json.hpp"
#include "transport/http/json_elements.hpp"

#include <algorithm>

namespace cxstream::transport {
namespace {

using ports::payload_refusal;

event_record with_record(event_record record, std::string_view bytes) {
  if (auto* refused = std::get_if<payload_refusal>(&record))
    refused->record = bytes;
  return record;
}

event_record plain_record(std::string_view json) {
  auto read = event_of_json(json);
  if (auto* refused = std::get_if<payload_refusal>(&read))
    return std::move(*refused);
  return std::get<v1::CanonicalEvent>(read).SerializeAsString();
}

event_record cloud_record(read_cloud_event read) {
  if (auto* refused = std::get_if<payload_refusal>(&read))
    return std::move(*refused);
  return canonical_event(std::get<cloud_event>(read));
}

event_record record_of(event_form form, std::string_view json) {
  const bool plain = form == event_form::json || form == event_form::lines;
  return with_record(plain ? plain_record(json) : cloud_record(cloud_event_of_json(json)), json);
}

read_events unreadable(std::string message) {
  read_events read;
  read.unreadable = true;
  read.records.emplace_back(payload_refusal{v1::BAD_FORMAT, "", std::move(message), ""});
  return read;
}

read_events read_lines(std::string_view body, std::size_t records_max) {
  read_events read;
  std::size_t readable = 0;
  while (!body.empty()) {
    auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    if (read.records.size() == records_max)
      return {{}, false, true};
    if (const auto json = check_json(line); !json) {
      read.records.push_back(
          with_record(payload_refusal{v1::BAD_FORMAT, "", "the line is " + json.err().message, ""}, line));
      continue;
    }
    ++readable;
    read.records.push_back(record_of(event_form::lines, line));
  }
  if (readable > 0)
    return read;
  return unreadable(read.records.empty()
                        ? "there is no line"
                        : "no line is JSON; the first one: " + std::get<payload_refusal>(read.records.front()).message);
}

} // namespace

event_form form_of(const ports::payload& from) {
  const auto type = media_type(ports::header_value(from, "content-type"));
  if (type == "application/cloudevents+json")
    return event_form::cloud_structured;
  if (type == "application/cloudevents-batch+json")
    return event_form::cloud_batch;
  if (is_binary_cloud_event(from))
    return event_form::cloud_binary;
  if (type == "application/json" || type.empty())
    return event_form::json;
  return type == "application/x-ndjson" ? event_form::lines : event_form::unknown;
}

read_events read_event_document(event_form form, const ports::payload& from, std::size_t records_max) {
  if (form == event_form::cloud_binary) {
    read_events read;
    read.records.push_back(with_record(cloud_record(cloud_event_of_headers(from)), from.body));
    return read;
  }
  if (form == event_form::lines)
    return read_lines(from.body, records_max);
  const auto document = json_elements(from.body, records_max);
  if (!document && document.err().code == base::error_code::resource_exhausted)
    return {{}, false, true};
  if (!document)
    return unreadable("the body is " + document.err().message);
  if (form == event_form::cloud_structured && document->is_array)
    return unreadable("the body is an array: send it as application/cloudevents-batch+json");
  if (form == event_form::cloud_batch && !document->is_array)
    return unreadable("the body is no array: send one event as application/cloudevents+json");
  read_events read;
  read.records.reserve(document->elements.size());
  for (const auto element : document->elements)
    read.records.push_back(record_of(form, element));
  return read;
}

} // namespace cxstream::transport
