// A Salesforce org: records by an external id, in collections, and as jobs of Bulk API 2.0. Sessions that end are
// renewed by collections; with jobs, the org gives out no new ones for a while.
#include "conformance/conformance.hpp"
#include "conformance/http_world.hpp"
#include "support/vendors/salesforce_org.hpp"

namespace cxstream::conformance {

namespace {

using support::got_request;
using support::said;
using support::salesforce_org;

class salesforce_world : public http_world {
public:
  salesforce_world() : http_world("salesforce") {
    sink_.projection.set_kind(v1::CRM);
    sink_.settings["url"] = org_.url();
    sink_.settings["client_id"] = std::string(salesforce_org::client_id);
    sink_.settings["client_secret"] = std::string(salesforce_org::client_secret);
    speak_through(org_.server());
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& [key, record] : org_.records())
      out.push_back({key, number_in(record.at("cx_sequence__c")), record.at("cx_idempotency_key__c")});
    return out;
  }
  keeping keeps() const override {
    return keeping::state;
  }
  bool begin(const trouble& t) override {
    constexpr std::uint64_t calls_of_a_day = 100'000;
    constexpr int for_ever = 1'000'000;
    if (t.kind == trouble_kind::throttling)
      org_.set_usage(calls_of_a_day, calls_of_a_day);
    else if (t.kind == trouble_kind::refusing)
      org_.refuse(t.ticket);
    else if (t.kind == trouble_kind::failing)
      org_.lock(locked_ = t.ticket, for_ever);
    else
      return http_world::begin(t);
    return true;
  }
  void end() override {
    org_.set_usage(0, 100'000);
    org_.forgive();
    org_.lock(locked_, 0);
    http_world::end();
  }
  // It says that its calls are used up, not when there will be new ones.
  bool tells_retry_after() const override {
    return false;
  }
  std::vector<std::string> secrets() const override {
    return {std::string(salesforce_org::client_secret), "00Dxx!session"};
  }

protected:
  bool delivers(const got_request& asked) const override {
    return asked.path != "/services/oauth2/token";
  }
  // A session that is over, and nobody gets another.
  support::scripted_reply unknown_caller(const got_request& asked) const override {
    if (!delivers(asked))
      return said(400, R"({"error":"invalid_client","error_description":"not )" +
                           std::string(salesforce_org::client_secret) + "\"}");
    return said(401, R"([{"errorCode":"INVALID_SESSION_ID","message":")" + asked.header("Authorization") + "\"}]");
  }

  salesforce_org org_;

private:
  // A job's cells are text.
  static std::uint64_t number_in(const nlohmann::json& value) {
    return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
  }

  std::string locked_;
};

struct salesforce_collections final : salesforce_world {
  bool begin(const trouble& t) override {
    if (t.kind != trouble_kind::expired)
      return salesforce_world::begin(t);
    org_.end_sessions();
    return true;
  }
  std::optional<std::size_t> request_events_max() const override {
    return 200;
  }
  std::size_t largest_request() override {
    std::size_t out = 0;
    for (const auto& asked : requests_that_deliver())
      out = std::max(out, nlohmann::json::parse(asked.body).at("records").size());
    return out;
  }
};

struct salesforce_jobs final : salesforce_world {
  salesforce_jobs() {
    sink_.settings["batch_records"] = "20";
    sink_.settings["bulk_from_records"] = "1";
    sink_.settings["bulk_records"] = "20";
    org_.slow_jobs(2);
  }
  bool holds_back() const override {
    return true;
  }

private:
  // Of what a job is made of, the answer that is lost is the one which sets it running.
  bool loses_answer(const got_request& asked) const override {
    return asked.method == "PATCH" && asked.body.find("UploadComplete") != std::string::npos;
  }
};

INSTANTIATE_TEST_SUITE_P(salesforce, ConnectorConformance, every_requirement<salesforce_collections>(),
                         name_of_requirement);
INSTANTIATE_TEST_SUITE_P(salesforce_bulk, ConnectorConformance, every_requirement<salesforce_jobs>(),
                         name_of_requirement);

} // namespace
} // namespace cxstream::conformance
