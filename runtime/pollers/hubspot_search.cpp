#include "pollers/hubspot_search.hpp"

#include "pollers/json_page.hpp"
#include "pollers/json_text.hpp"
#include "pollers/query_url.hpp"
#include "pollers/request_rate.hpp"
#include "pollers/search_window.hpp"

#include <array>

namespace cxstream::pollers {

namespace {

constexpr std::string_view modified = "hs_lastmodifieddate";
constexpr std::uint32_t page_size_max = 200;
constexpr double requests_per_second_max = 4.0; // of the five that all of an account's searches share
// What the built-in mapping reads.
constexpr std::array<std::string_view, 10> read_by_default{
    "hs_lastmodifieddate", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority",        "hs_ticket_category",
    "hubspot_owner_id",    "source_type", "createdate",        "time_to_first_agent_reply", "time_to_close"};

void write_filter(json_writer& json, std::int64_t since_ms) {
  json.Key("filterGroups");
  json.StartArray();
  json.StartObject();
  json.Key("filters");
  json.StartArray();
  json.StartObject();
  member(json, "propertyName", modified);
  member(json, "operator", "GT");
  member(json, "value", std::to_string(since_ms));
  json.EndObject();
  json.EndArray();
  json.EndObject();
  json.EndArray();
  json.Key("sorts");
  json.StartArray();
  json.StartObject();
  member(json, "propertyName", modified);
  member(json, "direction", "ASCENDING");
  json.EndObject();
  json.EndArray();
}

} // namespace

poll_request hubspot_search::request(const v1::PollCursor& cursor) const {
  poll_request out;
  out.method = "POST";
  out.headers = config_.headers;
  out.headers["Accept"] = "application/json";
  out.headers["Content-Type"] = "application/json";
  out.url = below(config_.url, "crm/v3/objects/tickets/search");
  rapidjson::StringBuffer body;
  json_writer json(body);
  json.StartObject();
  write_filter(json, cursor.since_us() / 1'000);
  json.Key("properties");
  json.StartArray();
  text(json, modified);
  for (const auto name : read_by_default)
    if (config_.properties.empty() && name != modified)
      text(json, name);
  for (const auto& name : config_.properties)
    if (name != modified)
      text(json, name);
  json.EndArray();
  json.Key("limit");
  json.Uint(config_.page_size > 0 ? config_.page_size : page_size_max);
  if (!cursor.page().empty())
    member(json, "after", cursor.page());
  json.EndObject();
  out.body.assign(body.GetString(), body.GetSize());
  return out;
}

base::result<page_end> hubspot_search::advance(v1::PollCursor& cursor, std::string_view body,
                                               base::timestamp now) const {
  static const rapidjson::Pointer modified_at("/properties/hs_lastmodifieddate");
  static const rapidjson::Pointer updated_at("/updatedAt");
  static const rapidjson::Pointer after("/paging/next/after");
  auto page = parse_page(body);
  if (!page)
    return page.err();
  if (!page->IsObject() || !page->HasMember("results") || !(*page)["results"].IsArray())
    return base::error{base::error_code::malformed,
                       "the answer has no list of results (is url https://api.hubapi.com?)"};
  std::vector<std::optional<std::int64_t>> changed;
  for (const auto& ticket : (*page)["results"].GetArray()) {
    auto time = time_us(modified_at.Get(ticket), config::poll_time_format::unix_ms);
    changed.push_back(time ? time : time_us(updated_at.Get(ticket), config::poll_time_format::unix_ms));
  }
  return move_past(cursor, changed, mark_text(after.Get(*page)),
                   {window_rule::move_window, std::chrono::milliseconds{1}, config_.overlap}, now);
}

void hubspot_search::begin_again(v1::PollCursor& cursor) const {
  cursor.clear_page();
}

base::duration hubspot_search::spacing() const {
  return spacing_of(config_.requests_per_second, requests_per_second_max);
}

} // namespace cxstream::pollers
