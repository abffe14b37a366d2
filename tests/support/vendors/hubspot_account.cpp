#include "support/vendors/hubspot_account.hpp"

#include <algorithm>
#include <vector>

namespace cxstream::support {

namespace {

using nlohmann::json;

scripted_reply refusal(int status, const std::string& category, const std::string& message) {
  return said(
      status,
      json{{"status", "error"}, {"message", message}, {"correlationId", "aeb5f871"}, {"category", category}}.dump());
}

} // namespace

hubspot_account::hubspot_account() : server_([this](const got_request& request) { return answer(request); }) {
}

std::string hubspot_account::url() const {
  auto out = server_.url("");
  while (out.ends_with('/'))
    out.pop_back();
  return out;
}

void hubspot_account::poison(const std::string& key) {
  const std::lock_guard lock(mutex_);
  poisoned_.insert(key);
}

void hubspot_account::refuse(const std::string& key) {
  const std::lock_guard lock(mutex_);
  refused_.insert(key);
}

void hubspot_account::forgive() {
  const std::lock_guard lock(mutex_);
  refused_.clear();
}

void hubspot_account::name_no_inputs() {
  const std::lock_guard lock(mutex_);
  names_inputs_ = false;
}

void hubspot_account::drop_property(const std::string& name) {
  const std::lock_guard lock(mutex_);
  dropped_.insert(name);
}

void hubspot_account::limit(int times, const std::string& policy) {
  const std::lock_guard lock(mutex_);
  limited_ = times;
  policy_ = policy;
}

void hubspot_account::set_daily(std::uint64_t allowed, std::uint64_t left) {
  const std::lock_guard lock(mutex_);
  daily_ = allowed;
  left_ = left;
}

void hubspot_account::answer_writes_after(std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  write_delay_ = delay;
}

void hubspot_account::rotate(const std::string& token) {
  const std::lock_guard lock(mutex_);
  token_ = token;
}

std::map<std::string, json> hubspot_account::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::map<std::string, int> hubspot_account::writes() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, int> out;
  for (const auto& [key, log] : log_)
    out[key] = static_cast<int>(log.size());
  return out;
}

std::vector<json> hubspot_account::written(const std::string& key, const std::string& property) const {
  const std::lock_guard lock(mutex_);
  std::vector<json> out;
  if (const auto log = log_.find(key); log != log_.end())
    for (const auto& properties : log->second)
      if (properties.contains(property))
        out.push_back(properties[property]);
  return out;
}

void hubspot_account::put(const std::string& key, json properties) {
  const std::lock_guard lock(mutex_);
  records_[key] = std::move(properties);
}

void hubspot_account::after_search(std::function<void(std::map<std::string, json>& records)> write) {
  const std::lock_guard lock(mutex_);
  after_search_ = std::move(write);
}

void hubspot_account::remove(const std::string& key) {
  const std::lock_guard lock(mutex_);
  records_.erase(key);
}

scripted_reply hubspot_account::answer(const got_request& request) {
  const std::lock_guard lock(mutex_);
  if (request.header("Authorization") != "Bearer " + token_)
    return refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.");
  if (limited_ > 0) {
    --limited_;
    return said(429, json{{"status", "error"},
                          {"message", "You have reached your limit."},
                          {"errorType", "RATE_LIMIT"},
                          {"policyName", policy_}}
                         .dump());
  }
  left_ -= left_ > 0 ? 1 : 0;
  const auto counted = [&](scripted_reply reply) {
    return std::move(reply)
        .with("X-HubSpot-RateLimit-Daily", std::to_string(daily_))
        .with("X-HubSpot-RateLimit-Daily-Remaining", std::to_string(left_));
  };
  if (request.path == "/crm/v3/objects/tickets/batch/upsert") {
    auto reply = counted(batch(request, true));
    reply.delay = write_delay_;
    return reply;
  }
  if (request.path == "/crm/v3/objects/tickets/batch/update")
    return counted(batch(request, false));
  if (request.path == "/crm/v3/objects/tickets/batch/read")
    return counted(read(request));
  if (request.path == "/crm/v3/objects/tickets/batch/archive")
    return counted(archive(request));
  if (request.path == "/crm/v3/objects/tickets/search") {
    auto found = search(request);
    if (after_search_)
      after_search_(records_);
    return counted(std::move(found));
  }
  return refusal(404, "OBJECT_NOT_FOUND", "Unable to infer object type from: " + request.path);
}

scripted_reply hubspot_account::batch(const got_request& request, bool upserts) {
  constexpr std::size_t records_max = 100;
  const auto body = json::parse(request.body, nullptr, false);
  if (body.is_discarded() || !body.contains("inputs") || body["inputs"].size() > records_max)
    return refusal(400, "VALIDATION_ERROR", "Invalid input JSON, or more than 100 inputs");
  std::set<std::string> seen;
  for (const auto& input : body["inputs"]) {
    const auto key = input["id"].get<std::string>();
    if (!seen.insert(key).second)
      return refusal(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input: [" + key + "]");
    for (const auto& [name, value] : input["properties"].items())
      if (dropped_.contains(name) || value.is_null())
        return refusal(
            400, "VALIDATION_ERROR",
            "Property values were not valid: [{\"isValid\":false,\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"" +
                name + "\"}]");
    if (poisoned_.contains(key))
      return refusal(409, "CONFLICT", "A record conflicts with another one");
  }
  json results = json::array();
  json errors = json::array();
  for (const auto& input : body["inputs"]) {
    const auto key = input["id"].get<std::string>();
    if (!refused_.contains(key) && (upserts || records_.contains(key))) {
      results.push_back(write(input, upserts ? input["idProperty"].get<std::string>() : "hs_object_id"));
      continue;
    }
    json context = json::object();
    if (names_inputs_)
      context["objectWriteTraceId"] = json::array({input["objectWriteTraceId"]});
    errors.push_back({{"status", "error"},
                      {"category", "VALIDATION_ERROR"},
                      {"message", "This ticket is not wanted"},
                      {"context", context}});
  }
  json out{{"status", "COMPLETE"}, {"results", results}};
  if (errors.empty())
    return said(200, out.dump());
  out["numErrors"] = errors.size();
  out["errors"] = errors;
  return said(207, out.dump());
}

json hubspot_account::write(const json& input, const std::string& id_property) {
  const auto key = input["id"].get<std::string>();
  const bool is_new = !records_.contains(key);
  auto& record = records_[key];
  for (const auto& [name, value] : input["properties"].items())
    record[name] = value;
  log_[key].push_back(input["properties"]);
  return {{"id", std::to_string(id_of(key))},
          {"new", is_new},
          {"properties", {{id_property, key}}},
          {"objectWriteTraceId", input["objectWriteTraceId"]}};
}

// Records whose property is BETWEEN two values, those with an id GT another if it is asked so, by one property or by
// their ids, in pages: a page is a place in what is found now, as at HubSpot.
scripted_reply hubspot_account::search(const got_request& request) {
  const auto body = json::parse(request.body);
  const auto& filters = body["filterGroups"][0]["filters"];
  const auto name = filters[0]["propertyName"].get<std::string>();
  const auto number = [](const json& text) { return std::stoull(text.get<std::string>()); };
  const bool by_id = body["sorts"][0]["propertyName"] == "hs_object_id";
  std::vector<std::pair<std::uint64_t, std::string>> found;
  for (const auto& [key, record] : records_) {
    const auto value = record.contains(name) && record[name].is_number() ? record[name].get<std::uint64_t>() : 0;
    if (value < number(filters[0]["value"]) || value > number(filters[0]["highValue"]))
      continue;
    if (filters.size() > 1 && id_of(key) <= number(filters[1]["value"]))
      continue;
    found.emplace_back(by_id ? id_of(key) : value, key);
  }
  std::sort(found.begin(), found.end());
  const std::size_t begin = body.contains("after") ? std::stoul(body["after"].get<std::string>()) : 0;
  const auto end = std::min(found.size(), begin + body["limit"].get<std::size_t>());
  json results = json::array();
  for (auto i = begin; i < end; ++i)
    results.push_back(shown(found[i].second));
  json out{{"total", found.size()}, {"results", results}};
  if (end < found.size() && end < shown_max_)
    out["paging"] = {{"next", {{"after", std::to_string(end)}}}};
  return said(200, out.dump());
}

// Given when a record is first spoken of, as HubSpot gives it when it is made.
std::uint64_t hubspot_account::id_of(const std::string& key) const {
  return ids_.try_emplace(key, 77'000'000 + ids_.size()).first->second;
}

// Properties are texts, whatever they were written as.
json hubspot_account::shown(const std::string& key) const {
  json properties{{"cx_ticket_id", key}};
  for (const auto& [name, value] : records_.at(key).items())
    properties[name] = value.is_string() ? value : json(value.dump());
  return {{"id", std::to_string(id_of(key))}, {"properties", properties}};
}

scripted_reply hubspot_account::read(const got_request& request) const {
  json results = json::array();
  const auto body = json::parse(request.body);
  for (const auto& input : body["inputs"])
    if (records_.contains(input["id"].get<std::string>()))
      results.push_back(shown(input["id"].get<std::string>()));
  const bool all = results.size() == body["inputs"].size();
  return said(all ? 200 : 207, json{{"status", "COMPLETE"}, {"results", results}}.dump());
}

scripted_reply hubspot_account::archive(const got_request& request) {
  const auto body = json::parse(request.body);
  for (const auto& input : body["inputs"])
    std::erase_if(records_, [&](const auto& record) { return std::to_string(id_of(record.first)) == input["id"]; });
  return said(204);
}

} // namespace cxstream::support
