// A real nats-server: killed, frozen, with a full stream, another password, and a stream that acknowledges nothing.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "conformance/nats/nats_server.hpp"

#include <nlohmann/json.hpp>

namespace cxstream::conformance {

namespace {

class nats_world final : public configured_world {
public:
  nats_world() {
    if (!nats_server::is_installed())
      return;
    server_ = std::make_unique<nats_server>();
    sink_.name = "bus";
    sink_.kind = "nats";
    sink_.settings = {{"servers", server_->url()},
                      {"user", nats_server::user},
                      {"password", nats_server::password},
                      {"stream", "CX"},
                      {"batch_events", "50"},
                      {"connect_timeout", "500ms"},
                      {"timeout", "1s"}};
  }
  std::string cannot_run() const override {
    return server_ ? "" : "nats-server is not installed";
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& m : server_->stored()) {
      const auto body = nlohmann::json::parse(m.body);
      out.push_back({body.at("ticket_id"), m.ticket_sequence, m.idempotency_key, m.message_id});
    }
    return out;
  }
  bool begin(const trouble& t) override {
    trouble_ = t.kind;
    switch (t.kind) {
      case trouble_kind::away:
        server_->kill();
        return true;
      case trouble_kind::slow:
        server_->freeze();
        return true;
      case trouble_kind::throttling:
        server_->set_stream(nats_server::stream_state::full);
        return true;
      case trouble_kind::losing_answers:
        server_->set_stream(nats_server::stream_state::mute);
        return true;
      case trouble_kind::expired:
        server_->change_password("an0ther");
        return true;
      default:
        trouble_.reset();
        return false;
    }
  }
  void end() override {
    const auto was = std::exchange(trouble_, std::nullopt);
    if (was == trouble_kind::away)
      server_->start();
    else if (was == trouble_kind::slow)
      server_->thaw();
    else if (was == trouble_kind::throttling || was == trouble_kind::losing_answers)
      server_->set_stream(nats_server::stream_state::open);
    else if (was == trouble_kind::expired)
      server_->change_password(nats_server::password);
  }
  std::string cannot(trouble_kind) const override {
    return "a stream takes every message of its subjects";
  }
  bool tells_retry_after() const override {
    return false;
  }
  std::vector<std::string> secrets() const override {
    return {nats_server::password};
  }

private:
  std::unique_ptr<nats_server> server_;
  std::optional<trouble_kind> trouble_;
};

INSTANTIATE_TEST_SUITE_P(nats, ConnectorConformance, every_requirement<nats_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
