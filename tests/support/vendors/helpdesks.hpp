// A Zendesk account and an Intercom workspace in a test, as their documentation describes what cxstream writes: fields
// and tags of tickets, attributes and tags of conversations. Thread-safe.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <mutex>
#include <set>
#include <string>

namespace cxstream::support {

class zendesk_account {
public:
  static constexpr std::string_view email = "cx@acme.example";
  static constexpr std::string_view api_token = "the-api-token";

  zendesk_account();

  http_stand_in& server() {
    return server_;
  }
  std::string url() const;
  void add_ticket(const std::string& id, std::set<std::string> tags = {});
  // Nothing can be written to it any more.
  void close_ticket(const std::string& id);
  // Custom fields by id, and fields of the ticket.
  nlohmann::json fields(const std::string& id) const;
  std::set<std::string> tags(const std::string& id) const;

private:
  struct ticket {
    nlohmann::json fields = nlohmann::json::object();
    std::set<std::string> tags;
    bool closed = false;
  };
  scripted_reply answer(const got_request& request);

  mutable std::mutex mutex_;
  std::map<std::string, ticket> tickets_;
  http_stand_in server_; // last: it calls into the rest
};

class intercom_workspace {
public:
  static constexpr std::string_view access_token = "the-access-token";
  static constexpr std::string_view admin_id = "814860";

  intercom_workspace();

  http_stand_in& server() {
    return server_;
  }
  std::string url() const;
  void add(const std::string& path, std::set<std::string> tags = {}); // "/conversations/12", "/tickets/12"
  nlohmann::json attributes(const std::string& path) const;
  std::set<std::string> tags(const std::string& path) const;
  // A tag that is deleted has another id when it comes back.
  void delete_tag(const std::string& name);

private:
  struct item {
    nlohmann::json attributes = nlohmann::json::object();
    std::set<std::string> tags;
  };
  scripted_reply answer(const got_request& request);
  scripted_reply change_tags(const got_request& request, item& of, const std::string& tag_id);
  std::string id_of(const std::string& tag);

  mutable std::mutex mutex_;
  std::map<std::string, item> items_;
  std::map<std::string, std::string> tag_ids_; // by name
  int next_tag_ = 100;
  http_stand_in server_; // last: it calls into the rest
};

} // namespace cxstream::support
