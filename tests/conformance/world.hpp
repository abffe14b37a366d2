// The world of one kind of target, as the conformance suite sees it: it makes connectors, lets the target misbehave,
// and reads back what the target has. docs/protocols/connector.md has the requirements.
//
// A connector registers in one file of this folder, <kind>_world.cpp:
//
//   class slack_world final : public world { … };
//   INSTANTIATE_TEST_SUITE_P(slack, ConnectorConformance, every_requirement<slack_world>(), name_of_requirement);
//
// Vendors over HTTP have a base of their own, http_world.hpp.
//
// Each requirement gets a world of its own, made without arguments. What a target cannot do (a file never throttles) is
// left as it is: begin() says false, and the requirements that need it are skipped with cannot()'s reason. A world that
// needs a program which is not installed says so in cannot_run(). The suite never sleeps; a trouble lasts until end().
// The time that connectors are told is the world's: it moves on only when one of them asks for a pause.
//
// Invariants a world keeps:
//  1. held() asks the target, never the connector, and tells everything that the target took, in the order it took it
//     (a target that keeps state: the newest of each ticket). It is asked only while there is no trouble.
//  2. Every connector of connect() speaks to the same target, with timeouts short enough that a call which nobody
//     answers ends within patience().
//  3. All that speaks to the target in secret (tokens, passwords, signing keys) is in secrets().
#pragma once

#include "ports/target.hpp"
#include "unit/connectors/deliveries.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::conformance {

// One event as the target has it.
struct held_event {
  std::string ticket_id;
  std::uint64_t ticket_sequence = 0;
  std::string idempotency_key;
  std::string message_id = {}; // the target's own mark of a repeat, where it is only told so; else empty
};

enum class keeping : std::uint8_t {
  history, // every event
  state,   // the newest of each ticket
};

enum class repeats : std::uint8_t {
  removed,      // the target has an event once, however often it is delivered
  recognisable, // it may have it again, with the same message_id
};

enum class trouble_kind : std::uint8_t {
  away,           // nobody answers: refused, locked, disk full
  slow,           // the connection stands and no answer comes
  throttling,     // asks for a pause of retry_after
  failing,        // every event of `ticket` fails now and may pass later
  refusing,       // every event of `ticket` is refused for good
  expired,        // the credentials count no more, until end()
  losing_answers, // takes what it is given, but the answer never arrives
};

struct trouble {
  trouble_kind kind;
  std::string ticket = {};             // of failing and refusing
  std::chrono::seconds retry_after{7}; // of throttling
};

class world {
public:
  virtual ~world() = default;

  // A connector, not opened yet.
  virtual std::unique_ptr<ports::target> connect() = 0;
  virtual ports::target_traits traits() const = 0;
  virtual std::vector<held_event> held() = 0;

  virtual keeping keeps() const {
    return keeping::history;
  }
  virtual repeats on_repeat() const {
    return repeats::removed;
  }
  // The sequence whose values the target shows as a ticket's newest; where traits say guards_regress.
  virtual std::uint64_t current_sequence(const std::string& /*ticket*/) {
    return 0;
  }
  // Lets a trouble begin. False: this kind of target knows no such trouble.
  virtual bool begin(const trouble&) {
    return false;
  }
  // Ends every trouble; may be called from another thread while a call is waiting.
  virtual void end() {
  }
  // Why a trouble cannot be had, for whoever reads what was skipped.
  virtual std::string cannot(trouble_kind) const {
    return "this kind of target knows no such trouble";
  }
  // Why none of it can be tried on this machine; empty when it can.
  virtual std::string cannot_run() const {
    return {};
  }

  // The most events that one request may carry, and the most that one did carry; where the target sees requests.
  virtual std::optional<std::size_t> request_events_max() const {
    return std::nullopt;
  }
  virtual std::size_t largest_request() {
    return 0;
  }
  // How many requests the target has seen; where it sees them.
  virtual std::optional<std::size_t> requests() {
    return std::nullopt;
  }
  // Whether the target says how long a pause it wants.
  virtual bool tells_retry_after() const {
    return true;
  }
  // Whether one answer speaks of all events of a request, so that a refused event takes its neighbours with it.
  virtual bool answers_for_all() const {
    return false;
  }
  // Whether the connector holds events back by its own choice (a burst, a job) in check_deferred()'s calls.
  virtual bool holds_back() const {
    return false;
  }
  // The time of the next call.
  base::timestamp now() const {
    return connectors_test::now + std::chrono::milliseconds{passed_ms_};
  }
  void pass(std::chrono::milliseconds time) {
    passed_ms_ += time.count();
  }
  // A call that nobody answers ends within this.
  virtual std::chrono::milliseconds patience() const {
    return std::chrono::seconds{5};
  }
  virtual std::vector<std::string> secrets() const {
    return {};
  }

private:
  std::atomic<std::int64_t> passed_ms_ = 0;
};

} // namespace cxstream::conformance
