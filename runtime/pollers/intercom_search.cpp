#include "pollers/intercom_search.hpp"

#include "pollers/json_page.hpp"
#include "pollers/json_text.hpp"
#include "pollers/query_url.hpp"
#include "pollers/request_rate.hpp"
#include "pollers/search_window.hpp"

namespace cxstream::pollers {

namespace {

constexpr std::int64_t us_per_s = 1'000'000;
constexpr std::uint32_t page_size_max = 150;
constexpr double requests_per_second_max = 10.0; // an app has 10,000 a minute, shared with all else that it does

std::string search_for(std::int64_t since_s, const std::string& after, std::uint32_t page_size) {
  rapidjson::StringBuffer out;
  json_writer json(out);
  json.StartObject();
  json.Key("query");
  json.StartObject();
  member(json, "field", "updated_at");
  member(json, "operator", ">");
  json.Key("value");
  json.Int64(since_s);
  json.EndObject();
  json.Key("sort");
  json.StartObject();
  member(json, "field", "updated_at");
  member(json, "order", "ascending");
  json.EndObject();
  json.Key("pagination");
  json.StartObject();
  json.Key("per_page");
  json.Uint(page_size);
  if (!after.empty())
    member(json, "starting_after", after);
  json.EndObject();
  json.EndObject();
  return {out.GetString(), out.GetSize()};
}

// pages.next.starting_after; older versions of the API give the mark itself.
std::string next_mark(const rapidjson::Document& page) {
  static const rapidjson::Pointer mark("/pages/next/starting_after");
  static const rapidjson::Pointer next("/pages/next");
  if (const auto* value = mark.Get(page))
    return mark_text(value);
  return mark_text(next.Get(page));
}

} // namespace

poll_request intercom_search::request(const v1::PollCursor& cursor) const {
  poll_request out;
  out.method = "POST";
  out.headers["Intercom-Version"] = "2.11";
  for (const auto& [name, value] : config_.headers)
    out.headers[name] = value;
  out.headers["Accept"] = "application/json";
  out.headers["Content-Type"] = "application/json";
  out.url = below(config_.url, "conversations/search");
  out.body = search_for(cursor.since_us() / us_per_s, cursor.page(),
                        config_.page_size > 0 ? config_.page_size : page_size_max);
  return out;
}

base::result<page_end> intercom_search::advance(v1::PollCursor& cursor, std::string_view body,
                                                base::timestamp now) const {
  auto page = parse_page(body);
  if (!page)
    return page.err();
  if (!page->IsObject() || !page->HasMember("conversations") || !(*page)["conversations"].IsArray())
    return base::error{base::error_code::malformed,
                       "the answer has no list of conversations (is url https://api.intercom.io, or your region's?)"};
  std::vector<std::optional<std::int64_t>> changed;
  for (const auto& conversation : (*page)["conversations"].GetArray())
    changed.push_back(conversation.IsObject() && conversation.HasMember("updated_at")
                          ? time_us(&conversation["updated_at"], config::poll_time_format::unix_s)
                          : std::nullopt);
  return move_past(cursor, changed, next_mark(*page),
                   {window_rule::follow_marks, std::chrono::seconds{1}, config_.overlap}, now);
}

void intercom_search::begin_again(v1::PollCursor& cursor) const {
  cursor.clear_page();
}

base::duration intercom_search::spacing() const {
  return spacing_of(config_.requests_per_second, requests_per_second_max);
}

} // namespace cxstream::pollers
