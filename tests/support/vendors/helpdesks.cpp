#include "support/vendors/helpdesks.hpp"

namespace cxstream::support {

namespace {

using nlohmann::json;

std::string without_slash(std::string url) {
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

scripted_reply intercom_error(int status, const std::string& code) {
  return said(status,
              json{{"type", "error.list"}, {"errors", json::array({{{"code", code}, {"message", code}}})}}.dump());
}

} // namespace

zendesk_account::zendesk_account() : server_([this](const got_request& request) { return answer(request); }) {
}

std::string zendesk_account::url() const {
  return without_slash(server_.url(""));
}

void zendesk_account::add_ticket(const std::string& id, std::set<std::string> tags) {
  const std::lock_guard lock(mutex_);
  tickets_[id].tags = std::move(tags);
}

void zendesk_account::close_ticket(const std::string& id) {
  const std::lock_guard lock(mutex_);
  tickets_[id].closed = true;
}

json zendesk_account::fields(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return tickets_.at(id).fields;
}

std::set<std::string> zendesk_account::tags(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return tickets_.at(id).tags;
}

scripted_reply zendesk_account::answer(const got_request& request) {
  const std::lock_guard lock(mutex_);
  // cx@acme.example/token:the-api-token
  if (request.header("Authorization") != "Basic Y3hAYWNtZS5leGFtcGxlL3Rva2VuOnRoZS1hcGktdG9rZW4=")
    return said(401, R"({"error":"Couldn't authenticate you"})");
  const std::string begin = "/api/v2/tickets/";
  auto rest = request.path.starts_with(begin) ? request.path.substr(begin.size()) : std::string();
  const bool tags = rest.ends_with("/tags.json");
  const auto id = rest.substr(0, rest.find_first_of("/."));
  const auto found = tickets_.find(id);
  if (found == tickets_.end())
    return said(404, R"({"error":"RecordNotFound","description":"Not found"})");
  auto& t = found->second;
  if (t.closed)
    return said(422, R"({"error":"RecordInvalid","description":"Record validation errors",
                         "details":{"status":[{"description":"Status: closed prevents ticket update"}]}})");
  const auto body = json::parse(request.body);
  if (tags) {
    for (const auto& tag : body["tags"]) {
      if (request.method == "DELETE")
        t.tags.erase(tag.get<std::string>());
      else
        t.tags.insert(tag.get<std::string>());
    }
    return said(200, json{{"tags", t.tags}}.dump());
  }
  for (const auto& [name, value] : body["ticket"].items())
    if (name != "custom_fields")
      t.fields[name] = value;
  for (const auto& field : body["ticket"].value("custom_fields", json::array()))
    t.fields[std::to_string(field["id"].get<std::uint64_t>())] = field["value"];
  return said(200, json{{"ticket", {{"id", std::stoull(id)}, {"tags", t.tags}}}}.dump());
}

intercom_workspace::intercom_workspace() : server_([this](const got_request& request) { return answer(request); }) {
}

std::string intercom_workspace::url() const {
  return without_slash(server_.url(""));
}

void intercom_workspace::add(const std::string& path, std::set<std::string> tags) {
  const std::lock_guard lock(mutex_);
  for (const auto& tag : tags)
    id_of(tag);
  items_[path].tags = std::move(tags);
}

json intercom_workspace::attributes(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return items_.at(path).attributes;
}

std::set<std::string> intercom_workspace::tags(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return items_.at(path).tags;
}

void intercom_workspace::delete_tag(const std::string& name) {
  const std::lock_guard lock(mutex_);
  tag_ids_.erase(name);
  for (auto& [path, found] : items_)
    found.tags.erase(name);
}

std::string intercom_workspace::id_of(const std::string& tag) {
  auto& id = tag_ids_[tag];
  if (id.empty())
    id = std::to_string(next_tag_++);
  return id;
}

scripted_reply intercom_workspace::answer(const got_request& request) {
  const std::lock_guard lock(mutex_);
  if (request.header("Authorization") != "Bearer " + std::string(access_token))
    return intercom_error(401, "unauthorized");
  const auto body = json::parse(request.body, nullptr, false);
  if (request.path == "/tags" && request.method == "POST")
    return said(200, json{{"type", "tag"}, {"id", id_of(body["name"])}, {"name", body["name"]}}.dump());
  const auto tags_at = request.path.find("/tags");
  const auto found = items_.find(request.path.substr(0, tags_at));
  if (found == items_.end())
    return intercom_error(404, "not_found");
  auto& one = found->second;
  if (tags_at != std::string::npos) {
    if (body.value("admin_id", "") != admin_id)
      return intercom_error(400, "parameter_invalid");
    const auto tail = request.path.substr(tags_at + 5);
    return change_tags(request, one, tail.empty() ? body["id"].get<std::string>() : tail.substr(1));
  }
  const auto* part = request.path.starts_with("/tickets") ? "ticket_attributes" : "custom_attributes";
  const auto attributes = body.value(part, json::object());
  for (const auto& [name, value] : attributes.items())
    one.attributes[name] = value;
  json list = json::array();
  for (const auto& tag : one.tags)
    list.push_back({{"type", "tag"}, {"id", tag_ids_.at(tag)}, {"name", tag}});
  return said(200, json{{"id", "1"}, {"tags", {{"type", "tag.list"}, {"tags", list}}}}.dump());
}

scripted_reply intercom_workspace::change_tags(const got_request& request, item& of, const std::string& tag_id) {
  for (const auto& [name, id] : tag_ids_)
    if (id == tag_id) {
      if (request.method == "DELETE")
        of.tags.erase(name);
      else
        of.tags.insert(name);
      return said(200, json{{"type", "tag"}, {"id", id}, {"name", name}}.dump());
    }
  return intercom_error(404, "tag_not_found");
}

} // namespace cxstream::support
