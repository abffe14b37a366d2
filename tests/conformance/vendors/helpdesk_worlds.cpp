// A Zendesk account and an Intercom workspace whose tickets are there before anything is written to them.
#include "conformance/conformance.hpp"
#include "conformance/http_world.hpp"
#include "conformance/numbered_tickets.hpp"
#include "support/vendors/helpdesks.hpp"

namespace cxstream::conformance {

namespace {

using support::got_request;
using support::said;

class helpdesk_world : public http_world {
public:
  using http_world::http_world;

  std::unique_ptr<ports::target> connect() override {
    return with_numbered_tickets(http_world::connect());
  }
  keeping keeps() const override {
    return keeping::state;
  }

protected:
  // /api/v2/tickets/20001.json, /conversations/20001
  bool is_about(const got_request& asked, const std::string& ticket) const override {
    return asked.path.find("/" + number_of(ticket)) != std::string::npos;
  }
};

class zendesk_world final : public helpdesk_world {
public:
  zendesk_world() : helpdesk_world("zendesk") {
    sink_.projection.set_kind(v1::CUSTOM);
    for (const auto& [source, name] :
         {std::pair{"idempotency_key", key_field}, std::pair{"ticket_sequence", sequence_field}}) {
      auto& field = *sink_.projection.add_fields();
      field.set_source(source);
      field.set_name(name);
    }
    sink_.settings["url"] = account_.url();
    sink_.settings["email"] = std::string(support::zendesk_account::email);
    sink_.settings["api_token"] = std::string(support::zendesk_account::api_token);
    for (const auto& number : numbers_of_all_tickets())
      account_.add_ticket(number);
    speak_through(account_.server());
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& number : numbers_of_all_tickets())
      if (const auto fields = account_.fields(number); fields.contains(key_field))
        out.push_back({name_of(number), fields.at(sequence_field), fields.at(key_field)});
    return out;
  }
  std::vector<std::string> secrets() const override {
    return {std::string(support::zendesk_account::api_token), "dGhlLWFwaS10b2tlbg", "Y3hAYWNtZS5leGFtcGxl"};
  }

private:
  static constexpr const char* key_field = "360001";
  static constexpr const char* sequence_field = "360002";

  support::zendesk_account account_;
};

class intercom_world final : public helpdesk_world {
public:
  intercom_world() : helpdesk_world("intercom") {
    sink_.projection.set_kind(v1::CRM);
    sink_.settings["url"] = workspace_.url();
    sink_.settings["access_token"] = std::string(support::intercom_workspace::access_token);
    for (const auto& number : numbers_of_all_tickets())
      workspace_.add(path_of(number));
    speak_through(workspace_.server());
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& number : numbers_of_all_tickets())
      if (const auto all = workspace_.attributes(path_of(number)); all.contains("cx_sequence"))
        out.push_back({name_of(number), all.at("cx_sequence"), all.at("cx_idempotency_key")});
    return out;
  }
  std::vector<std::string> secrets() const override {
    return {std::string(support::intercom_workspace::access_token)};
  }

protected:
  // When the window of its limit ends; no Retry-After.
  support::scripted_reply pause(std::chrono::seconds wanted) const override {
    const auto ends = std::chrono::floor<std::chrono::seconds>(now() + wanted).time_since_epoch().count();
    return said(429, R"({"type":"error.list","errors":[{"code":"rate_limit_exceeded"}]})")
        .with("X-RateLimit-Reset", std::to_string(ends));
  }

private:
  static std::string path_of(const std::string& number) {
    return "/conversations/" + number;
  }

  support::intercom_workspace workspace_;
};

INSTANTIATE_TEST_SUITE_P(zendesk, ConnectorConformance, every_requirement<zendesk_world>(), name_of_requirement);
INSTANTIATE_TEST_SUITE_P(intercom, ConnectorConformance, every_requirement<intercom_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
