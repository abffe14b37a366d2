#include "pollers/zendesk_export.hpp"

#include "pollers/json_page.hpp"
#include "pollers/query_url.hpp"
#include "pollers/request_rate.hpp"

#include <algorithm>

namespace cxstream::pollers {

namespace {

using base::error_code;

constexpr std::int64_t us_per_s = 1'000'000;
constexpr std::int64_t minute_us = 60 * us_per_s;
constexpr double requests_per_second_max = 10.0 / 60.0;

base::error unlike_export(const std::string& what) {
  return {error_code::malformed, "the answer is no page of Zendesk's incremental export: " + what +
                                     " (is url the address of your Zendesk, such as https://example.zendesk.com?)"};
}

} // namespace

poll_request zendesk_export::request(const v1::PollCursor& cursor) const {
  poll_request out;
  out.headers = config_.headers;
  out.headers["Accept"] = "application/json";
  out.url = below(config_.url, "api/v2/incremental/tickets/cursor.json");
  out.url = cursor.page().empty() ? with_parameter(out.url, "start_time", std::to_string(cursor.since_us() / us_per_s))
                                  : with_parameter(out.url, "cursor", cursor.page());
  if (config_.page_size > 0)
    out.url = with_parameter(out.url, "per_page", std::to_string(config_.page_size));
  if (!config_.include.empty())
    out.url = with_parameter(out.url, "include", config_.include);
  return out;
}

base::result<page_end> zendesk_export::advance(v1::PollCursor& cursor, std::string_view body, base::timestamp) const {
  auto page = parse_page(body);
  if (!page)
    return page.err();
  if (!page->IsObject() || !page->HasMember("tickets") || !(*page)["tickets"].IsArray())
    return unlike_export("it has no list of tickets");
  if (!page->HasMember("end_of_stream") || !(*page)["end_of_stream"].IsBool())
    return unlike_export("it does not say end_of_stream");
  const auto tickets = (*page)["tickets"].GetArray();
  for (const auto& ticket : tickets)
    if (ticket.IsObject() && ticket.HasMember("generated_timestamp"))
      if (const auto time = time_us(&ticket["generated_timestamp"], config::poll_time_format::unix_s))
        cursor.set_newest_us(std::max(cursor.newest_us(), *time));
  const bool at_end = (*page)["end_of_stream"].GetBool();
  const auto after = page->HasMember("after_cursor") ? mark_text(&(*page)["after_cursor"]) : std::string();
  if (after.empty() && (!at_end || !tickets.Empty()))
    return unlike_export("it has no after_cursor");
  const bool stands_still = tickets.Empty() && (after.empty() || after == cursor.page());
  if (!after.empty())
    cursor.set_page(after);
  if (at_end && cursor.newest_us() > minute_us)
    cursor.set_fallback_us(std::max(cursor.fallback_us(), cursor.newest_us() - minute_us));
  return at_end || stands_still ? page_end::caught_up : page_end::more;
}

void zendesk_export::begin_again(v1::PollCursor& cursor) const {
  cursor.clear_page();
  if (cursor.fallback_us() > 0)
    cursor.set_since_us(cursor.fallback_us());
}

base::duration zendesk_export::spacing() const {
  return spacing_of(config_.requests_per_second, requests_per_second_max);
}

} // namespace cxstream::pollers
