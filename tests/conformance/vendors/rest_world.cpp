// An API that keeps a record a ticket under its URL, as the rest sink's documentation shows it.
#include "conformance/conformance.hpp"
#include "conformance/http_world.hpp"

#include <map>
#include <nlohmann/json.hpp>

namespace cxstream::conformance {

namespace {

using support::got_request;
using support::said;

class rest_world final : public http_world {
public:
  rest_world() : http_world("rest") {
    sink_.projection.set_kind(v1::CRM);
    sink_.settings["url"] = api_.url("/tickets/{{ticket_id}}");
    sink_.settings["authorization"] = "Bearer the-token";
    speak_through(api_);
  }
  std::vector<held_event> held() override {
    const std::lock_guard lock(mutex_);
    std::vector<held_event> out;
    for (const auto& [path, event] : records_)
      out.push_back({path.substr(path.rfind('/') + 1), event.at("ticket_sequence"), event.at("idempotency_key")});
    return out;
  }
  keeping keeps() const override {
    return keeping::state;
  }
  std::vector<std::string> secrets() const override {
    return {"the-token"};
  }

private:
  support::scripted_reply put(const got_request& asked) {
    auto event = nlohmann::json::parse(asked.body, nullptr, false);
    if (asked.method != "PUT" || event.is_discarded() || asked.header("Authorization") != "Bearer the-token")
      return said(400);
    const std::lock_guard lock(mutex_);
    records_[asked.path] = std::move(event);
    return said(200);
  }

  std::mutex mutex_;
  std::map<std::string, nlohmann::json> records_; // by path
  support::http_stand_in api_{[this](const auto& asked) { return put(asked); }};
};

INSTANTIATE_TEST_SUITE_P(rest, ConnectorConformance, every_requirement<rest_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
