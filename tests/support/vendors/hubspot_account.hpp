// A HubSpot account in a test, as the documentation describes it: batch upsert by a unique property and batch update by
// id (at most 100, an id twice is refused), 409 or 400 for a whole batch that one record poisons, 207 with errors by
// trace id, limits of ten seconds and of the day, search. Thread-safe.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace cxstream::support {

class hubspot_account {
public:
  static constexpr std::string_view access_token = "pat-na1-secret";

  hubspot_account();

  http_stand_in& server() {
    return server_;
  }
  std::string url() const;

  // One record poisons the whole batch that it is in (409).
  void poison(const std::string& key);
  // One record fails by itself; its batch is answered 207.
  void refuse(const std::string& key);
  // None is refused any more.
  void forgive();
  // The error does not say which input it is about.
  void name_no_inputs();
  // The account has no such property.
  void drop_property(const std::string& name);
  // So many requests are answered 429, by this policy ("DAILY", "TEN_SECONDLY_ROLLING", "SECONDLY").
  void limit(int times, const std::string& policy);
  void set_daily(std::uint64_t allowed, std::uint64_t left);
  // Writes are answered so late, after they took effect.
  void answer_writes_after(std::chrono::milliseconds delay);
  // The token is another from now on.
  void rotate(const std::string& token);

  // Properties of the records as they are, by their key.
  std::map<std::string, nlohmann::json> records() const;
  // How often each record was written.
  std::map<std::string, int> writes() const;
  // Values of a property in the order in which they were written to a record.
  std::vector<nlohmann::json> written(const std::string& key, const std::string& property) const;
  void put(const std::string& key, nlohmann::json properties);
  void remove(const std::string& key);
  // Somebody else writes to the records after each search.
  void after_search(std::function<void(std::map<std::string, nlohmann::json>& records)> write);

private:
  std::uint64_t id_of(const std::string& key) const;
  scripted_reply answer(const got_request& request);
  scripted_reply batch(const got_request& request, bool upserts);
  scripted_reply search(const got_request& request);
  scripted_reply read(const got_request& request) const;
  scripted_reply archive(const got_request& request);
  nlohmann::json shown(const std::string& key) const;
  nlohmann::json write(const nlohmann::json& input, const std::string& id_property);

  mutable std::mutex mutex_;
  std::map<std::string, nlohmann::json> records_;
  mutable std::map<std::string, std::uint64_t> ids_;
  std::function<void(std::map<std::string, nlohmann::json>&)> after_search_;
  std::map<std::string, std::vector<nlohmann::json>> log_;
  std::set<std::string> poisoned_;
  std::set<std::string> refused_;
  std::set<std::string> dropped_;
  bool names_inputs_ = true;
  std::size_t shown_max_ = 10'000; // of one search
  int limited_ = 0;
  std::chrono::milliseconds write_delay_{0};
  std::string policy_;
  std::string token_{access_token};
  std::uint64_t daily_ = 650'000;
  std::uint64_t left_ = 649'000;
  http_stand_in server_; // last: it calls into the rest
};

} // namespace cxstream::support
