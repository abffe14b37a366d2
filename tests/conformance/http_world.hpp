// A vendor's HTTP API that misbehaves as the suite says. A stand-in knows the vendor's ways while nothing is wrong;
// what comes in between is here, in the vendor's words where it has its own. Its connections reach the stand-in
// directly: an absent vendor is one that nobody listens for.
#pragma once

#include "conformance/configured_world.hpp"
#include "support/http/http_stand_in.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace cxstream::conformance {

class http_world : public configured_world {
public:
  bool begin(const trouble& t) override;
  void end() override;
  // Those that deliver.
  std::optional<std::size_t> requests() override;

protected:
  // Timeouts and the leave to call loopback are among the settings; who derives adds its own.
  explicit http_world(std::string kind);
  // Once, before the first connect().
  void speak_through(support::http_stand_in& server);
  std::vector<support::got_request> requests_that_deliver() const;

  // How the vendor says it.
  virtual support::scripted_reply pause(std::chrono::seconds wanted) const;
  virtual support::scripted_reply hiccup() const;
  virtual support::scripted_reply refusal() const;
  virtual support::scripted_reply unknown_caller(const support::got_request& asked) const;
  // Whether a request takes events there; logins and questions do not.
  virtual bool delivers(const support::got_request&) const {
    return true;
  }
  // Whether the answer to it is one of those that get lost.
  virtual bool loses_answer(const support::got_request& asked) const {
    return delivers(asked);
  }
  // Whether a request says something of the ticket.
  virtual bool is_about(const support::got_request& asked, const std::string& ticket) const;

private:
  support::scripted_reply answer(const support::got_request& asked,
                                 const support::http_stand_in::answer_function& honest);

  support::http_stand_in* server_ = nullptr;
  std::mutex mutex_;
  std::optional<trouble> trouble_;
};

} // namespace cxstream::conformance
