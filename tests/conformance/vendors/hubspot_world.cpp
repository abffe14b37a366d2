// A HubSpot account: records by a unique property, in batches of at most a hundred.
#include "conformance/conformance.hpp"
#include "conformance/http_world.hpp"
#include "support/vendors/hubspot_account.hpp"

namespace cxstream::conformance {

namespace {

class hubspot_world final : public http_world {
public:
  hubspot_world() : http_world("hubspot") {
    sink_.projection.set_kind(v1::CRM);
    sink_.settings["url"] = account_.url();
    sink_.settings["access_token"] = std::string(support::hubspot_account::access_token);
    speak_through(account_.server());
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& [key, record] : account_.records())
      out.push_back({key, record.at("cx_sequence"), record.at("cx_idempotency_key")});
    return out;
  }
  keeping keeps() const override {
    return keeping::state;
  }
  bool begin(const trouble& t) override {
    if (t.kind == trouble_kind::throttling)
      account_.limit(1'000'000, "TEN_SECONDLY_ROLLING");
    else if (t.kind == trouble_kind::refusing)
      account_.refuse(t.ticket); // by itself, in an answer for each
    else
      return http_world::begin(t);
    return true;
  }
  void end() override {
    account_.limit(0, {});
    account_.forgive();
    http_world::end();
  }
  std::optional<std::size_t> request_events_max() const override {
    return 100;
  }
  std::size_t largest_request() override {
    std::size_t out = 0;
    for (const auto& asked : requests_that_deliver())
      out = std::max(out, nlohmann::json::parse(asked.body).at("inputs").size());
    return out;
  }
  // HubSpot names the limit, which stands for a pause.
  bool tells_retry_after() const override {
    return false;
  }
  std::vector<std::string> secrets() const override {
    return {std::string(support::hubspot_account::access_token)};
  }

private:
  support::hubspot_account account_;
};

INSTANTIATE_TEST_SUITE_P(hubspot, ConnectorConformance, every_requirement<hubspot_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
