#include "integration/harness/zendesk_vendor.hpp"

#include "base/rfc3339.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace cxstream::integration {

using nlohmann::json;

namespace {

constexpr const char* export_path = "/api/v2/incremental/tickets/cursor.json";
constexpr std::size_t page_tickets = 5;
constexpr std::uint64_t fault_one_in = 5;

std::int64_t now_us() {
  return base::to_us(std::chrono::time_point_cast<base::duration>(std::chrono::system_clock::now()));
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

} // namespace

zendesk_vendor::zendesk_vendor(std::uint64_t seed, std::chrono::seconds trail)
    : trail_(trail), random_(seed), server_(std::make_unique<CivetServer>(std::vector<std::string>{
                                        "listening_ports", "127.0.0.1:0", "num_threads", "2"})) {
  server_->addHandler(export_path, *this);
}

zendesk_vendor::~zendesk_vendor() {
  server_.reset();
}

std::string zendesk_vendor::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->getListeningPorts().at(0));
}

std::string zendesk_vendor::change(int ticket) {
  const std::lock_guard lock(mutex_);
  auto& t = tickets_[ticket];
  t.status = std::array{"new", "open", "pending", "solved"}.at(random_() % 4);
  t.priority = std::array{"low", "normal", "high", "urgent"}.at(random_() % 4);
  t.tag = "tag" + std::to_string(random_() % 9);
  t.changed_us = now_us();
  const auto id = std::to_string(ticket);
  const auto time = base::format_rfc3339(base::from_us(t.changed_us));
  return json{{"id", "event-" + std::to_string(++events_)},
              {"type", "zen:event-type:ticket.status_changed"},
              {"subject", "zen:ticket:" + id},
              {"time", time},
              {"event", {{"current", upper(t.status)}}},
              {"detail",
               {{"id", id},
                {"status", upper(t.status)},
                {"priority", upper(t.priority)},
                {"requester_id", "9001"},
                {"tags", {t.tag}},
                {"updated_at", time}}}}
      .dump();
}

std::map<int, zendesk_ticket> zendesk_vendor::tickets() const {
  const std::lock_guard lock(mutex_);
  return tickets_;
}

std::uint64_t zendesk_vendor::exports() const {
  const std::lock_guard lock(mutex_);
  return exports_;
}

std::uint64_t zendesk_vendor::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::string zendesk_vendor::page(const std::string& query) {
  const auto value = [&](const std::string& name) {
    const auto at = query.find(name + "=");
    return at == std::string::npos ? std::string() : query.substr(at + name.size() + 1);
  };
  const auto cursor = value("cursor");
  const std::pair from = cursor.empty() ? std::pair{std::stoll(value("start_time")) - 1, 1 << 30}
                                        : std::pair{std::stoll(cursor), std::stoi(cursor.substr(cursor.find('-') + 1))};
  std::vector<std::pair<long long, int>> found; // generated_timestamp and ticket
  const auto newest = now_us() / 1'000'000 - trail_.count();
  for (const auto& [id, ticket] : tickets_)
    if (const std::pair place{static_cast<long long>(ticket.changed_us / 1'000'000), id};
        place > from && place.first < newest)
      found.push_back(place);
  std::ranges::sort(found);
  const bool end = found.size() <= page_tickets;
  found.resize(std::min(found.size(), page_tickets));
  json list = json::array();
  for (const auto& [generated, id] : found) {
    const auto& t = tickets_.at(id);
    list.push_back({{"url", url() + "/api/v2/tickets/" + std::to_string(id) + ".json"},
                    {"id", id},
                    {"updated_at", base::format_rfc3339(base::from_us(generated * 1'000'000))},
                    {"generated_timestamp", generated},
                    {"status", t.status},
                    {"priority", t.priority},
                    {"requester_id", 9001},
                    {"tags", {t.tag}}});
  }
  auto after = cursor;
  if (!found.empty())
    after = std::to_string(found.back().first) + "-" + std::to_string(found.back().second);
  return json{{"tickets", list}, {"after_cursor", after.empty() ? json() : json(after)}, {"end_of_stream", end}}.dump();
}

bool zendesk_vendor::handleGet(CivetServer*, mg_connection* connection) {
  const auto* info = mg_get_request_info(connection);
  const std::string query = info->query_string != nullptr ? info->query_string : "";
  const auto reply = [&](int status, const char* headers, const std::string& body, std::size_t said) {
    mg_printf(connection,
              "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\nConnection: "
              "close\r\n\r\n",
              status, headers, said);
    mg_write(connection, body.data(), body.size());
    return true;
  };
  const std::lock_guard lock(mutex_);
  ++exports_;
  const auto whole = page(query);
  if (random_() % fault_one_in != 0)
    return reply(200, "", whole, whole.size());
  ++faults_;
  switch (random_() % 4) {
    case 0:
      return reply(429, "Retry-After: 1\r\n", "", 0);
    case 1:
      return reply(500, "", "{}", 2);
    case 2: // the connection breaks in the middle
      return reply(200, "", whole.substr(0, whole.size() / 2), whole.size());
    default:
      return query.starts_with("cursor=") ? reply(422, "", "{}", 2) : reply(502, "", "", 0);
  }
}

} // namespace cxstream::integration
