#include "support/vendors/salesforce_org.hpp"

#include <algorithm>
#include <sstream>

namespace cxstream::support {

namespace {

using nlohmann::json;

constexpr std::string_view user_id = "005xx000001SvogAAC";

json failure(const std::string& code, const std::string& message) {
  return {{"success", false},
          {"created", false},
          {"errors", json::array({{{"statusCode", code}, {"message", message}, {"fields", json::array()}}})}};
}

std::string form_value(const std::string& form, const std::string& name) {
  std::istringstream in("&" + form);
  for (std::string part; std::getline(in, part, '&');)
    if (part.starts_with(name + "="))
      return part.substr(name.size() + 1);
  return {};
}

std::string after(const std::string& path, const std::string& begin) {
  return path.starts_with(begin) ? path.substr(begin.size()) : std::string();
}

} // namespace

salesforce_org::salesforce_org() : server_([this](const got_request& request) { return answer(request); }) {
}

std::string salesforce_org::url() const {
  auto out = server_.url("");
  while (out.ends_with('/'))
    out.pop_back();
  return out;
}

void salesforce_org::refuse(const std::string& key) {
  const std::lock_guard lock(mutex_);
  refused_.insert(key);
}

void salesforce_org::forgive() {
  const std::lock_guard lock(mutex_);
  refused_.clear();
}

void salesforce_org::make_malformed(const std::string& key) {
  const std::lock_guard lock(mutex_);
  malformed_.insert(key);
}

void salesforce_org::lock(const std::string& key, int times) {
  const std::lock_guard lock(mutex_);
  locked_[key] = times;
}

void salesforce_org::drop_field(const std::string& field) {
  const std::lock_guard lock(mutex_);
  dropped_.insert(field);
}

void salesforce_org::end_sessions() {
  const std::lock_guard lock(mutex_);
  sessions_.clear();
}

void salesforce_org::set_usage(std::uint64_t used, std::uint64_t allowed) {
  const std::lock_guard lock(mutex_);
  used_ = used;
  allowed_ = allowed;
}

void salesforce_org::slow_jobs(int polls) {
  const std::lock_guard lock(mutex_);
  job_polls_ = polls;
}

std::map<std::string, json> salesforce_org::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

std::map<std::string, int> salesforce_org::writes() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, int> out;
  for (const auto& [key, log] : log_)
    out[key] = static_cast<int>(log.size());
  return out;
}

std::vector<json> salesforce_org::written(const std::string& key, const std::string& field) const {
  const std::lock_guard lock(mutex_);
  std::vector<json> out;
  if (const auto log = log_.find(key); log != log_.end())
    for (const auto& fields : log->second)
      if (fields.contains(field))
        out.push_back(fields[field]);
  return out;
}

void salesforce_org::put(const std::string& key, json record) {
  const std::lock_guard lock(mutex_);
  records_[key] = std::move(record);
}

void salesforce_org::remove(const std::string& key) {
  const std::lock_guard lock(mutex_);
  records_.erase(key);
}

int salesforce_org::logins() const {
  const std::lock_guard lock(mutex_);
  return logins_;
}

std::map<std::string, std::string> salesforce_org::jobs() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> out;
  for (const auto& [id, j] : jobs_)
    out[id] = j.state;
  return out;
}

void salesforce_org::add_job(const std::string& id, const std::string& object, const std::string& state) {
  const std::lock_guard lock(mutex_);
  job j;
  j.object = object;
  j.state = state;
  jobs_[id] = std::move(j);
}

scripted_reply salesforce_org::refusal(int status, const std::string& code, const std::string& message) {
  return said(status, json::array({{{"errorCode", code}, {"message", message}}}).dump());
}

std::string salesforce_org::unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

scripted_reply salesforce_org::answer(const got_request& request) {
  const std::lock_guard lock(mutex_);
  if (request.path == "/services/oauth2/token")
    return log_in(request);
  const auto bearer = after(request.header("Authorization"), "Bearer ");
  if (!sessions_.contains(bearer))
    return limited(refusal(401, "INVALID_SESSION_ID", "Session expired or invalid"));
  if (used_ >= allowed_)
    return limited(refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."));
  ++used_;
  const auto path = after(request.path, std::string(data_path));
  if (path == "/composite/sobjects" && request.method == "PATCH")
    return limited(collection(request, "id"));
  if (const auto tail = after(path, "/composite/sobjects/Case/"); !tail.empty() && request.method == "PATCH") {
    if (tail != "cx_ticket_id__c")
      return limited(
          refusal(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + tail));
    return limited(collection(request, tail));
  }
  if (const auto id = after(path, "/sobjects/Case/"); !id.empty() && request.method == "PATCH")
    return limited(row(request, id));
  if (path == "/query")
    return limited(query(request));
  if (const auto next = after(path, "/query/01g-"); !next.empty())
    return limited(page(std::stoul(next)));
  if (const auto id = after(path, "/sobjects/Case/500"); !id.empty() && request.method == "DELETE")
    return limited(records_.erase(id) > 0 ? said(204) : refusal(404, "NOT_FOUND", "no such record"));
  if (path == "/jobs/ingest" || path.starts_with("/jobs/ingest/"))
    return limited(bulk(request, after(path, "/jobs/ingest/")));
  return limited(refusal(404, "NOT_FOUND", "The requested resource does not exist"));
}

scripted_reply salesforce_org::log_in(const got_request& request) {
  const auto grant = unescaped(form_value(request.body, "grant_type"));
  const bool by_secret = grant == "client_credentials" && form_value(request.body, "client_id") == client_id &&
                         form_value(request.body, "client_secret") == client_secret;
  const bool by_assertion = grant == "urn:ietf:params:oauth:grant-type:jwt-bearer" &&
                            std::ranges::count(form_value(request.body, "assertion"), '.') == 2;
  if (!by_secret && !by_assertion)
    return said(400, R"({"error":"invalid_client","error_description":"invalid client credentials"})");
  const auto token = "00Dxx!session." + std::to_string(++logins_);
  sessions_.insert(token);
  return said(200, json{{"access_token", token},
                        {"instance_url", url()},
                        {"id", url() + "/id/00Dxx0000001gPLEAY/" + std::string(user_id)},
                        {"token_type", "Bearer"}}
                       .dump());
}

scripted_reply salesforce_org::collection(const got_request& request, const std::string& external_id) {
  constexpr std::size_t records_max = 200;
  const auto body = json::parse(request.body, nullptr, false);
  if (body.is_discarded() || !body.contains("records") || body["records"].size() > records_max)
    return refusal(400, "JSON_PARSER_ERROR", "Unexpected records, or more than 200 of them");
  for (const auto& record : body["records"]) {
    for (const auto& [name, value] : record.items())
      if (dropped_.contains(name))
        return refusal(400, "INVALID_FIELD", "No such column '" + name + "' on sobject of type Case");
    if (malformed_.contains(record.value(external_id, "")))
      return refusal(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of date from VALUE_STRING value");
  }
  json results = json::array();
  std::set<std::string> seen;
  for (auto record : body["records"]) {
    const auto key = record.value(external_id, "");
    if (record.value("/attributes/type"_json_pointer, "") != "Case") {
      results.push_back(failure("INVALID_TYPE", "Must send a concrete entity type."));
      continue;
    }
    if (!seen.insert(key).second) {
      results.push_back(failure("DUPLICATE_EXTERNAL_ID", "Duplicate external id specified: " + key));
      continue;
    }
    record.erase("attributes");
    record.erase(external_id);
    results.push_back(write(key, external_id, record));
  }
  return said(200, results.dump());
}

scripted_reply salesforce_org::row(const got_request& request, const std::string& id) {
  const auto fields = json::parse(request.body, nullptr, false);
  if (fields.is_discarded() || fields.contains("id") || fields.contains("Id"))
    return refusal(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.");
  if (!records_.contains(id))
    return refusal(404, "NOT_FOUND", "The requested resource does not exist");
  const auto result = write(id, "id", fields);
  if (result["success"] == true)
    return said(204);
  return refusal(400, result["errors"][0]["statusCode"], result["errors"][0]["message"]);
}

json salesforce_org::write(const std::string& key, const std::string& key_field, const json& fields) {
  if (key.empty())
    return failure("MISSING_ARGUMENT", key_field + " not specified");
  if (refused_.contains(key))
    return failure("FIELD_CUSTOM_VALIDATION_EXCEPTION", "This ticket is not wanted");
  if (auto& times = locked_[key]; times > 0) {
    --times;
    return failure("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
  }
  const bool is_new = !records_.contains(key);
  if (is_new && key_field == "id")
    return failure("ENTITY_IS_DELETED", "entity is deleted");
  auto& record = records_[key];
  for (const auto& [name, value] : fields.items())
    record[name] = value;
  log_[key].push_back(fields);
  return {{"id", "500" + key}, {"success", true}, {"created", is_new}, {"errors", json::array()}};
}

scripted_reply salesforce_org::limited(scripted_reply reply) const {
  return std::move(reply).with("Sforce-Limit-Info",
                               "api-usage=" + std::to_string(used_) + "/" + std::to_string(allowed_));
}

} // namespace cxstream::support
