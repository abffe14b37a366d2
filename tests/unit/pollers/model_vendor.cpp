#include "unit/pollers/model_vendor.hpp"

#include "base/rfc3339.hpp"

#include <algorithm>

namespace cxstream::pollers {

using nlohmann::json;

namespace {

// The value of a parameter; marks here need no decoding.
std::string parameter(const std::string& url, const std::string& name) {
  const auto at = url.find(name + "=");
  if (at == std::string::npos)
    return {};
  const auto from = at + name.size() + 1;
  return url.substr(from, url.find('&', from) - from);
}

} // namespace

void model_vendor::change(std::uint64_t ticket, base::timestamp now) {
  auto& [revision, changed] = truth_[ticket];
  ++revision;
  changed = now;
  shifted_ += index_.contains(ticket) ? 1 : 0;
  const auto lag = policy_.index_lag_max.count() > 0
                       ? std::chrono::seconds{random_() % static_cast<std::uint64_t>(policy_.index_lag_max.count())}
                       : std::chrono::seconds{0};
  lagging_.push_back({now + lag, {base::to_us(now) / unit_us(), ticket, revision}});
}

std::vector<model_vendor::entry> model_vendor::shown(base::timestamp now) {
  std::erase_if(lagging_, [&](const pending& p) {
    if (p.due > now)
      return false;
    if (auto& known = index_[p.what.ticket]; known.revision < p.what.revision)
      known = p.what;
    return true;
  });
  std::vector<entry> out;
  for (const auto& [ticket, what] : index_)
    out.push_back(what);
  std::ranges::sort(out);
  return out;
}

std::optional<poll_answer> model_vendor::fault(bool has_mark, std::string whole) {
  ++faults_;
  switch (random_() % 5) {
    case 0:
      return poll_answer{429, std::chrono::seconds{random_() % 100}, ""};
    case 1:
      return poll_answer{500, {}, "oops"};
    case 2:
      whole.resize(random_() % whole.size());
      return poll_answer{200, {}, std::move(whole)};
    case 3:
      return has_mark ? poll_answer{kind_ == config::poll_kind::zendesk_export ? 422 : 400, {}, "{}"}
                      : poll_answer{502, {}, ""};
    default:
      return {};
  }
}

std::optional<poll_answer> model_vendor::answer(const poll_request& request, base::timestamp now) {
  auto out = kind_ == config::poll_kind::zendesk_export ? zendesk(request, now)
             : kind_ == config::poll_kind::paged_json   ? list(request, now)
                                                        : search(request, now);
  if (once_in(policy_.fault_one_in))
    return fault(request.url.find("?cursor=") != std::string::npos ||
                     request.body.find("after\":\"") != std::string::npos,
                 out.body);
  return out;
}

poll_answer model_vendor::zendesk(const poll_request& request, base::timestamp now) {
  const auto mark = parameter(request.url, "?cursor");
  entry from{0, 0, 0};
  if (mark.empty())
    from.time = std::stoll(parameter(request.url, "start_time"));
  else
    from = {std::stoll(mark), std::stoull(mark.substr(mark.find('-') + 1)) + 1, 0};
  const auto newest = base::to_us(now) / 1'000'000 - 60; // the last minute is never shown
  json tickets = json::array();
  auto after = mark;
  bool end = true;
  for (const auto& [time, ticket, revision] : shown(now)) {
    if (std::pair(time, ticket) < std::pair(from.time, from.ticket) || time > newest)
      continue;
    if (tickets.size() == policy_.page_records) {
      end = false;
      break;
    }
    tickets.push_back({{"id", ticket}, {"revision", revision}, {"generated_timestamp", time}});
    after = std::to_string(time) + "-" + std::to_string(ticket);
  }
  if (end && once_in(6))
    end = false; // it flaps
  return ok({{"tickets", tickets},
             {"after_cursor", after.empty() ? json() : json(after)},
             {"end_of_stream", end || after.empty()}});
}

poll_answer model_vendor::search(const poll_request& request, base::timestamp now) {
  const bool hubspot = kind_ == config::poll_kind::hubspot_search;
  const auto asked = json::parse(request.body);
  const auto since = hubspot ? std::stoll(asked["filterGroups"][0]["filters"][0]["value"].get<std::string>())
                             : asked["query"]["value"].get<std::int64_t>();
  const auto mark = hubspot ? asked.value("after", "") : asked["pagination"].value("starting_after", "");
  std::vector<entry> found;
  for (const auto& what : shown(now))
    if (what.time > since)
      found.push_back(what);
  std::size_t from = 0;
  if (!mark.empty() && hubspot)
    from = std::stoull(mark); // by number: shifts
  else if (!mark.empty())     // by place
    while (from < found.size() &&
           std::pair(found[from].time, found[from].ticket) <=
               std::pair<std::int64_t, std::uint64_t>(std::stoll(mark), std::stoull(mark.substr(mark.find('-') + 1))))
      ++from;
  if (hubspot && from >= policy_.depth_max)
    return {400, {}, "{\"message\": \"paging beyond 10,000 results\"}"};
  const auto end = std::min(found.size(), from + policy_.page_records);
  json list = json::array();
  for (auto i = from; i < end; ++i)
    list.push_back(hubspot
                       ? json{{"id", found[i].ticket},
                              {"revision", found[i].revision},
                              {"properties", {{"hs_lastmodifieddate", std::to_string(found[i].time)}}}}
                       : json{{"id", found[i].ticket}, {"revision", found[i].revision}, {"updated_at", found[i].time}});
  json out{{hubspot ? "results" : "conversations", list}};
  if (end < found.size() && hubspot)
    out["paging"]["next"]["after"] = std::to_string(end);
  if (!hubspot)
    out["pages"]["next"] = end < found.size() ? json{{"starting_after", std::to_string(found[end - 1].time) + "-" +
                                                                            std::to_string(found[end - 1].ticket)}}
                                              : json();
  return ok(out);
}

// Newest first, in numbered pages.
poll_answer model_vendor::list(const poll_request& request, base::timestamp now) {
  const auto since = std::stoll(parameter(request.url, "since"));
  auto found = shown(now);
  std::erase_if(found, [&](const entry& what) { return what.time < since; });
  std::ranges::reverse(found);
  json items = json::array();
  const auto from = (std::stoull(parameter(request.url, "page")) - 1) * policy_.page_records;
  for (auto i = from; i < std::min<std::size_t>(found.size(), from + policy_.page_records); ++i)
    items.push_back({{"id", found[i].ticket}, {"revision", found[i].revision}, {"changed", found[i].time}});
  return ok({{"items", items}});
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> records_of(const std::string& body) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
  const auto page = json::parse(body);
  for (const auto* name : {"tickets", "conversations", "results", "items"})
    if (page.contains(name))
      for (const auto& record : page[name])
        out.emplace_back(record["id"], record["revision"]);
  return out;
}

} // namespace cxstream::pollers
