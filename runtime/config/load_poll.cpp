#include "config/load_poll.hpp"

#include "base/rfc3339.hpp"
#include "base/suggest.hpp"

#include <array>

namespace cxstream::config {

namespace {

using std::chrono::seconds;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::array<std::string_view, 4> kinds{"zendesk_export", "intercom_search", "hubspot_search", "paged_json"};
constexpr std::array<std::string_view, 3> time_formats{"rfc3339", "unix_s", "unix_ms"};
constexpr std::array<std::uint32_t, 4> most_records{1'000, 150, 200, 10'000}; // a page, by kind

template <class Enum, std::size_t n>
void read_choice(section& in, std::string_view key, const std::array<std::string_view, n>& words, Enum& out) {
  std::string word(words.at(static_cast<std::size_t>(out)));
  in.choice(key, word, words);
  for (std::size_t i = 0; i < n; ++i)
    if (words.at(i) == word)
      out = static_cast<Enum>(i);
}

// A header's value ends with its line: what follows would be another header.
bool is_one_line(const std::string& text) {
  return text.find_first_of("\r\n") == std::string::npos;
}

// {bearer: TOKEN}, {basic: "user:password"} or {header: NAME, value: SECRET}.
void read_auth(section auth, poll_config& out) {
  std::string bearer;
  std::string basic;
  std::string header;
  std::string value;
  auth.text("bearer", bearer);
  auth.text("basic", basic);
  auth.text("header", header);
  auth.text("value", value);
  auth.finish();
  if (int{!bearer.empty()} + int{!basic.empty()} + int{!header.empty()} > 1)
    auth.wrong("bearer", "and others are given; use one of bearer, basic and header");
  if (header.empty() != value.empty())
    auth.wrong("header", "and value belong together; write {header: X-Api-Key, value: \"${KEY}\"}");
  if (!is_one_line(bearer + basic + header + value))
    auth.wrong("value", "has a line break; a header is one line");
  if (!basic.empty() && basic.find(':') == std::string::npos)
    auth.wrong("basic", "has no \":\"; write \"user:password\"");
  if (!bearer.empty())
    out.headers["Authorization"] = "Bearer " + bearer;
  else if (!header.empty())
    out.headers[header] = value;
  out.basic = basic;
}

void read_headers(section in, reading reads, poll_config& out) {
  for (const auto& [name, line, value, taken] : in.rest())
    if (auto text = scalar_text(value, in.name(name), reads)) {
      if (!is_one_line(*text))
        in.wrong(name, "has a line break; a header is one line");
      out.headers[name] = *std::move(text);
    }
}

void read_pages(section in, paged_json_config& out) {
  std::string link;
  std::string cursor;
  std::string number;
  std::string offset;
  in.text("link", link);
  in.text("cursor", cursor);
  in.text("parameter", out.page_parameter);
  in.text("number", number);
  in.number("first", out.first_number, {0, 1});
  in.text("offset", offset);
  in.text("size", out.size_parameter);
  in.finish();
  if (int{!link.empty()} + int{!cursor.empty()} + int{!number.empty()} + int{!offset.empty()} > 1)
    in.wrong("link", "and others are given; an API is paged by one of link, cursor, number and offset");
  if (cursor.empty() != out.page_parameter.empty())
    in.wrong("cursor", "and parameter belong together; write {cursor: .meta.next, parameter: after}");
  out.by = !link.empty()     ? paging::link
           : !cursor.empty() ? paging::cursor
           : !number.empty() ? paging::number
           : !offset.empty() ? paging::offset
                             : paging::none;
  out.next_path = link + cursor;
  if (cursor.empty())
    out.page_parameter = number + offset;
}

void read_since(section in, paged_json_config& out) {
  in.text("parameter", out.since_parameter);
  read_choice(in, "format", time_formats, out.since_format);
  in.text("updated", out.updated_path);
  in.flag("ascending", out.ascending);
  in.finish();
  if (out.since_parameter.empty() != out.updated_path.empty())
    in.wrong("parameter", "and updated belong together; write {parameter: updated_since, updated: .updated_at}");
}

void read_start(section& in, poll_config& out) {
  std::string text;
  in.text("start", text);
  if (text.empty())
    return;
  if (const auto start = base::parse_rfc3339(text); start && base::to_us(*start) > 0)
    out.start_us = base::to_us(*start);
  else
    in.wrong("start", "cannot be \"" + text + "\"; write a time such as 2026-01-01T00:00:00Z");
}

} // namespace

std::optional<poll_config> read_poll(const YAML::Node& node, const std::string& path, reading in) {
  if (!node || node.IsNull())
    return {};
  poll_config out;
  section poll(node, path, in);
  if (!poll.has("kind"))
    poll.wrong("kind", "is missing; write one of zendesk_export, intercom_search, hubspot_search, paged_json");
  read_choice(poll, "kind", kinds, out.kind);
  poll.text("url", out.url);
  if (!out.url.starts_with("https://") && !out.url.starts_with("http://"))
    poll.wrong("url", "must be an http or https URL, such as https://example.zendesk.com");
  poll.text("mapping", out.mapping);
  if (out.mapping.empty())
    poll.wrong("mapping", "is missing; name the mapping of what the API answers, such as zendesk_ticket");
  read_headers(section(poll.child("headers"), poll.name("headers"), in), in, out);
  read_auth(section(poll.child("auth"), poll.name("auth"), in), out);
  poll.duration("every", out.every, {1s, 24h});
  poll.duration("overlap", out.overlap, {1s, 24h});
  poll.duration("timeout", out.timeout, {1'000ms, 600'000ms});
  poll.rate("rate", out.requests_per_second);
  poll.number("page_size", out.page_size, {0, most_records.at(static_cast<std::size_t>(out.kind))});
  poll.text("include", out.include);
  out.properties = poll.texts("properties");
  poll.text("ca_file", out.ca_file);
  read_start(poll, out);
  poll.text("records", out.paged.records);
  read_pages(section(poll.child("pages"), poll.name("pages"), in), out.paged);
  read_since(section(poll.child("since"), poll.name("since"), in), out.paged);
  poll.finish();
  return out;
}

} // namespace cxstream::config
