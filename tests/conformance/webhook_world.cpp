// A receiver of webhooks, of one event a request and of batches.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "support/http/http_stand_in.hpp"

#include <nlohmann/json.hpp>

namespace cxstream::conformance {

namespace {

using support::got_request;
using support::reply_ending;
using support::said;
using support::scripted_reply;

scripted_reply ending(reply_ending how) {
  auto out = said(200);
  out.ending = how;
  return out;
}

class webhook_world : public configured_world {
public:
  explicit webhook_world(std::size_t batch_events) : batch_events_(batch_events) {
    sink_.name = "hook";
    sink_.kind = "webhook";
    sink_.settings = {{"url", server_.url("/hook")},
                      {"secret", "whsec_c2VjcmV0"},
                      {"authorization", "Bearer t0ken"},
                      {"batch_events", std::to_string(batch_events)},
                      {"allow_private", "true"},
                      {"connect_timeout", "300ms"},
                      {"timeout", "300ms"}};
  }
  std::vector<held_event> held() override {
    const std::lock_guard lock(mutex_);
    return held_;
  }
  repeats on_repeat() const override {
    return repeats::recognisable;
  }
  bool begin(const trouble& t) override {
    if (t.kind == trouble_kind::away)
      server_.stop();
    const std::lock_guard lock(mutex_);
    trouble_ = t;
    return true;
  }
  void end() override {
    std::optional<trouble> was;
    {
      const std::lock_guard lock(mutex_);
      was = std::exchange(trouble_, std::nullopt);
    }
    if (was && was->kind == trouble_kind::away)
      server_.start();
  }
  std::optional<std::size_t> request_events_max() const override {
    return batch_events_;
  }
  std::size_t largest_request() override {
    const std::lock_guard lock(mutex_);
    return largest_;
  }
  std::optional<std::size_t> requests() override {
    return server_.requests().size();
  }
  bool answers_for_all() const override {
    return batch_events_ > 1;
  }
  std::vector<std::string> secrets() const override {
    return {"t0ken", "c2VjcmV0"};
  }

private:
  scripted_reply answer(const got_request& asked) {
    const std::lock_guard lock(mutex_);
    const auto body = nlohmann::json::parse(asked.body);
    const auto data = body.at("data").is_array() ? body.at("data") : nlohmann::json::array({body.at("data")});
    largest_ = std::max(largest_, data.size());
    const auto kind = trouble_ ? std::optional(trouble_->kind) : std::nullopt;
    const bool meant =
        kind && std::ranges::any_of(data, [&](const auto& e) { return e.at("ticket_id") == trouble_->ticket; });
    if (kind == trouble_kind::slow)
      return ending(reply_ending::never);
    if (kind == trouble_kind::throttling)
      return said(429).with("Retry-After", std::to_string(trouble_->retry_after.count()));
    if (kind == trouble_kind::expired)
      return said(401, "I do not know " + asked.header("Authorization"));
    if (meant && kind == trouble_kind::failing)
      return said(500, "boom \xff\xfe");
    if (meant && kind == trouble_kind::refusing)
      return said(422);
    for (const auto& e : data)
      held_.push_back({e.at("ticket_id"), e.at("ticket_sequence"), e.at("idempotency_key"), mark(asked, e)});
    return ending(kind == trouble_kind::losing_answers ? reply_ending::reset : reply_ending::whole);
  }
  // A batch may be cut otherwise when it comes again; then the event's own key is the mark.
  std::string mark(const got_request& asked, const nlohmann::json& event) const {
    return batch_events_ == 1 ? asked.header("webhook-id") : event.at("idempotency_key").get<std::string>();
  }

  std::size_t batch_events_;
  std::mutex mutex_;
  std::optional<trouble> trouble_;
  std::vector<held_event> held_;
  std::size_t largest_ = 0;
  support::http_stand_in server_{[this](const auto& asked) { return answer(asked); }};
};

struct webhook_of_one final : webhook_world {
  webhook_of_one() : webhook_world(1) {
  }
};
struct webhook_of_batches final : webhook_world {
  webhook_of_batches() : webhook_world(5) {
  }
};

INSTANTIATE_TEST_SUITE_P(webhook, ConnectorConformance, every_requirement<webhook_of_one>(), name_of_requirement);
INSTANTIATE_TEST_SUITE_P(webhook_batch, ConnectorConformance, every_requirement<webhook_of_batches>(),
                         name_of_requirement);

} // namespace
} // namespace cxstream::conformance
