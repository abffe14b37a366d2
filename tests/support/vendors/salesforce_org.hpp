// A Salesforce org in a test, as the documentation describes it: OAuth by client credentials and by JWT bearer,
// sessions that end, upsert of collections by external id (at most 200, answered in list order, partial success),
// update by record id, jobs of Bulk API 2.0, SOQL as far as cxstream asks it, locks of rows, limits of calls.
// Thread-safe.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace cxstream::support {

class salesforce_org {
public:
  // What it is given in the settings of a sink.
  static constexpr std::string_view client_id = "3MVG9";
  static constexpr std::string_view client_secret = "the-consumer-secret";

  salesforce_org();

  http_stand_in& server() {
    return server_;
  }
  std::string url() const;

  // Fields that the object has beside those named cx_…__c, Account.… and the standard ones; anything else is
  // INVALID_FIELD. From now on these records are refused (a validation rule of the org), make their whole request
  // malformed, or are locked by somebody (as often as said).
  void refuse(const std::string& key);
  void make_malformed(const std::string& key);
  // None is refused any more.
  void forgive();
  void lock(const std::string& key, int times);
  // A field that the org has not got (any more).
  void drop_field(const std::string& field);
  // Every session given out is over.
  void end_sessions();
  // The 24 hours' calls.
  void set_usage(std::uint64_t used, std::uint64_t allowed);
  // Jobs stay in progress for so many polls.
  void slow_jobs(int polls);

  // The records of the object as they are, by external id (or record id).
  std::map<std::string, nlohmann::json> records() const;
  // How often each record was written, successfully.
  std::map<std::string, int> writes() const;
  // Values of a field in the order in which they were written to a record.
  std::vector<nlohmann::json> written(const std::string& key, const std::string& field) const;
  // Changes the org's data behind cxstream's back.
  void put(const std::string& key, nlohmann::json record);
  void remove(const std::string& key);
  // Sessions that were given out.
  int logins() const;
  // Ids of jobs and the states they are in.
  std::map<std::string, std::string> jobs() const;
  void add_job(const std::string& id, const std::string& object, const std::string& state);

private:
  struct job {
    std::string object;
    std::string external_id;
    std::string state;
    std::string csv;
    int polls = 0;
    std::vector<std::pair<std::string, std::string>> failed; // external id and why
    std::vector<std::string> done;
    std::string user = "005xx000001SvogAAC";
  };

  static constexpr std::string_view data_path = "/services/data/v65.0";

  static scripted_reply refusal(int status, const std::string& code, const std::string& message);
  static std::string unescaped(const std::string& text); // as in a query or a form
  scripted_reply answer(const got_request& request);
  scripted_reply log_in(const got_request& request);
  scripted_reply collection(const got_request& request, const std::string& external_id);
  scripted_reply row(const got_request& request, const std::string& id);
  nlohmann::json write(const std::string& key, const std::string& key_field, const nlohmann::json& fields);
  scripted_reply limited(scripted_reply reply) const;
  // salesforce_queries.cpp
  scripted_reply query(const got_request& request);
  scripted_reply page(std::size_t from) const;
  // salesforce_jobs.cpp
  scripted_reply bulk(const got_request& request, const std::string& tail);
  scripted_reply job_results(const job& j, const std::string& part) const;
  void run(job& j);

  mutable std::mutex mutex_;
  std::map<std::string, nlohmann::json> records_;
  std::map<std::string, std::vector<nlohmann::json>> log_;
  std::set<std::string> refused_;
  std::set<std::string> malformed_;
  std::set<std::string> dropped_;
  std::map<std::string, int> locked_;
  std::set<std::string> sessions_;
  std::map<std::string, job> jobs_;
  std::vector<std::string> selected_; // by the last query
  int logins_ = 0;
  int job_polls_ = 0;
  std::uint64_t used_ = 18;
  std::uint64_t allowed_ = 100'000;
  http_stand_in server_; // last: it calls into the rest
};

} // namespace cxstream::support
