#include "pollers/paged_json.hpp"

#include "base/rfc3339.hpp"
#include "pollers/query_url.hpp"
#include "pollers/request_rate.hpp"

#include <charconv>

namespace cxstream::pollers {

namespace {

using base::error_code;
using config::paging;
using config::poll_time_format;

constexpr double requests_per_second_max = 1.0;

std::string since_text(std::int64_t since_us, poll_time_format format) {
  switch (format) {
    case poll_time_format::unix_s:
      return std::to_string(since_us / 1'000'000);
    case poll_time_format::unix_ms:
      return std::to_string(since_us / 1'000);
    case poll_time_format::rfc3339:
      break;
  }
  return base::format_rfc3339(base::from_us(since_us - since_us % 1'000'000));
}

std::uint64_t number_of(const std::string& page, std::uint64_t otherwise) {
  std::uint64_t out = otherwise;
  std::from_chars(page.data(), page.data() + page.size(), out);
  return out;
}

} // namespace

base::result<std::unique_ptr<poll_dialect>> paged_json::make(const config::poll_config& config) {
  const auto path = [](const std::string& text, const char* what) -> base::result<plain_path> {
    auto made = plain_path::of(text);
    if (!made)
      return base::error{made.err().code, std::string("poll.") + what + ": " + made.err().message};
    return made;
  };
  auto records = path(config.paged.records, "records");
  if (!records)
    return records.err();
  auto next = path(config.paged.next_path, "pages");
  if (!next)
    return next.err();
  auto updated = path(config.paged.updated_path, "since.updated");
  if (!updated)
    return updated.err();
  return std::unique_ptr<poll_dialect>(
      new paged_json(config, std::move(*records), std::move(*next), std::move(*updated)));
}

poll_request paged_json::request(const v1::PollCursor& cursor) const {
  const auto& paged = config_.paged;
  poll_request out;
  out.headers = config_.headers;
  out.headers["Accept"] = "application/json";
  out.url = config_.url;
  if (paged.by == paging::link && !cursor.page().empty()) {
    out.url = cursor.page();
    return out;
  }
  if (!paged.since_parameter.empty())
    out.url = with_parameter(out.url, paged.since_parameter, since_text(cursor.since_us(), paged.since_format));
  if (!paged.size_parameter.empty() && config_.page_size > 0)
    out.url = with_parameter(out.url, paged.size_parameter, std::to_string(config_.page_size));
  if (paged.by == paging::number)
    out.url = with_parameter(out.url, paged.page_parameter,
                             cursor.page().empty() ? std::to_string(paged.first_number) : cursor.page());
  else if (!paged.page_parameter.empty() && !cursor.page().empty())
    out.url = with_parameter(out.url, paged.page_parameter, cursor.page());
  return out;
}

base::result<std::string> paged_json::next_mark(const v1::PollCursor& cursor, const rapidjson::Document& page,
                                                std::size_t records) const {
  switch (config_.paged.by) {
    case paging::none:
      break;
    case paging::cursor:
      return mark_text(next_.in(page));
    case paging::link: {
      const auto link = mark_text(next_.in(page));
      return link.empty() ? base::result<std::string>(link) : follow(config_.url, link);
    }
    case paging::number:
      return records == 0 ? std::string() : std::to_string(number_of(cursor.page(), config_.paged.first_number) + 1);
    case paging::offset:
      return records == 0 ? std::string() : std::to_string(number_of(cursor.page(), 0) + records);
  }
  return std::string();
}

window_policy paged_json::window() const {
  const auto& paged = config_.paged;
  window_policy out;
  out.rule = paged.since_parameter.empty() || !paged.ascending ? window_rule::look_twice : window_rule::move_window;
  if (paged.since_format == poll_time_format::unix_ms)
    out.tick = std::chrono::milliseconds{1};
  out.overlap = config_.overlap;
  return out;
}

base::result<page_end> paged_json::advance(v1::PollCursor& cursor, std::string_view body, base::timestamp now) const {
  auto page = parse_page(body);
  if (!page)
    return page.err();
  const auto* records = records_.in(*page);
  if (records == nullptr || !records->IsArray())
    return base::error{error_code::malformed,
                       "the answer has no list at \"" + records_.text() + "\": check records under the source's poll"};
  std::vector<std::optional<std::int64_t>> changed;
  for (const auto& record : records->GetArray())
    changed.push_back(config_.paged.updated_path.empty() ? std::nullopt
                                                         : time_us(updated_.in(record), config_.paged.since_format));
  auto next = next_mark(cursor, *page, records->Size());
  if (!next)
    return next.err();
  if (!next->empty() && *next == cursor.page())
    return base::error{error_code::malformed, "the answer leads to itself as the next page: check pages under the "
                                              "source's poll"};
  return move_past(cursor, changed, *next, window(), now);
}

void paged_json::begin_again(v1::PollCursor& cursor) const {
  cursor.clear_page();
}

base::duration paged_json::spacing() const {
  return spacing_of(config_.requests_per_second, requests_per_second_max);
}

} // namespace cxstream::pollers
