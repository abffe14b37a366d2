#include "sources/files/open_records.hpp"

#include "sources/csv/csv_stream.hpp"
#include "sources/files/whole_document.hpp"
#include "sources/json/json_stream.hpp"
#include "sources/xml/xml_stream.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

using opened = base::result<std::unique_ptr<record_stream>>;

template <class Stream>
opened as_records(base::result<std::unique_ptr<Stream>> from) {
  if (!from)
    return from.err();
  return std::unique_ptr<record_stream>(*std::move(from));
}

// The first character that is no blank; NUL when there is none.
base::result<char> first_character(byte_input& input) {
  const auto head = input.head();
  if (!head)
    return head.err();
  const auto at = head->find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : (*head)[at];
}

bool names_payload(const mapping& rules) {
  return std::any_of(rules.selectors.begin(), rules.selectors.end(),
                     [](const selector& one) { return one.text.find("$payload") != std::string::npos; });
}

opened open_json(byte_input input, const mapping& rules) {
  json_element_reader::path steps;
  std::string why;
  if (rules.each) {
    const auto& plain = rules.json->slots[*rules.each].plain;
    const auto forward = plain ? plain->forward_steps() : std::nullopt;
    if (forward)
      steps = *forward;
    else
      why = "'each' (" + rules.selectors[*rules.each].text + ") is more than a plain path, such as .data.tickets[]";
    if (names_payload(rules))
      why = "the mapping asks for $payload";
  }
  if (why.empty())
    return std::unique_ptr<record_stream>(
        std::make_unique<json_stream>(std::move(input), std::move(steps), rules.json.get()));
  return as_records(whole_document::open(
      std::move(input), std::make_unique<json_source>(*rules.json, rules.each, json_source::layout::document), why));
}

opened open_xml(byte_input input, const mapping& rules) {
  const auto what =
      rules.format == file_format::xes ? xml_source::records_of::xes_log : xml_source::records_of::document;
  const std::string each = rules.each                                ? rules.selectors[*rules.each].text
                           : what == xml_source::records_of::xes_log ? ".//event"
                                                                     : "/*";
  auto plain = element_path::parse(each);
  if (plain)
    return as_records(xml_stream::open(std::move(input), rules.selector_texts(), *std::move(plain), what));
  return as_records(whole_document::open(std::move(input),
                                         std::make_unique<xml_source>(rules.selector_texts(), rules.each, what),
                                         "'each' (" + each + ") is more than a plain path, such as //ticket"));
}

// Lines, unless the file is one array.
opened open_lines(byte_input input, const mapping& rules) {
  const auto first = first_character(input);
  if (!first)
    return first.err();
  if (*first == '[' && !rules.each)
    return std::unique_ptr<record_stream>(
        std::make_unique<json_stream>(std::move(input), json_element_reader::path(), rules.json.get()));
  return std::unique_ptr<record_stream>(
      std::make_unique<json_line_stream>(std::move(input), rules.each, rules.json.get()));
}

// "incidents.yaml:12: column … is not in …": adds the place where the mapping names the missing column.
base::error locate(const base::error& why, const mapping& rules) {
  if (why.code != base::error_code::invalid_argument || rules.file.empty())
    return why;
  for (const auto& column : rules.selectors) {
    if (why.message.starts_with("column '" + column.text + "' "))
      return {why.code, rules.file + ":" + std::to_string(column.line) + ": " + why.message};
  }
  return why;
}

} // namespace

opened open_records(const std::filesystem::path& path, const mapping& rules) {
  if (rules.format == file_format::csv) {
    auto rows = csv_reader::open(path, rules.csv, rules.selector_texts());
    if (!rows)
      return locate(rows.err(), rules);
    return std::unique_ptr<record_stream>(std::make_unique<csv_stream>(*std::move(rows)));
  }
  auto input = byte_input::open(path, {rules.encoding});
  if (!input)
    return input.err();
  switch (rules.format) {
    case file_format::json:
      return open_json(*std::move(input), rules);
    case file_format::xml:
    case file_format::xes:
      return open_xml(*std::move(input), rules);
    default:
      return open_lines(*std::move(input), rules);
  }
}

base::result<file_look> look_at(const std::filesystem::path& path) {
  auto input = byte_input::open(path);
  if (!input)
    return input.err();
  const auto first = first_character(*input);
  if (!first)
    return first.err();
  if (*first == '{' || *first == '[' || *first == '\0')
    return file_look::json;
  if (*first != '<')
    return file_look::table;
  const auto head = input->head();
  return head && head->find("<log") != std::string_view::npos ? file_look::event_log : file_look::xml;
}

} // namespace cxstream::sources
