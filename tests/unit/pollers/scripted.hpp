// What the tests of pollers share: machines over a dialect, and answers as vendors give them.
#pragma once

#include "pollers/poll_machine.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <variant>

namespace cxstream::pollers {

inline const base::timestamp noon = base::from_us(1'770'120'000'000'000); // 2026-02-03T12:00:00Z

inline config::poll_config config_of(config::poll_kind kind) {
  config::poll_config out;
  out.kind = kind;
  out.url = "https://vendor.example";
  out.start_us = base::to_us(noon) - 3'600'000'000;
  return out;
}

inline std::shared_ptr<const poll_dialect> dialect_of(const config::poll_config& config) {
  auto made = make_dialect(config);
  if (!made)
    throw std::runtime_error(made.err().message);
  return std::move(*made);
}

inline poll_machine machine_of(const config::poll_config& config, std::uint64_t seed = 1) {
  poll_policy policy;
  policy.kind = "test";
  policy.url = config.url;
  policy.every = config.every;
  policy.start_us = config.start_us;
  return {dialect_of(config), policy, seed};
}

inline poll_answer ok(const nlohmann::json& body) {
  return {200, {}, body.dump()};
}

// Throw std::bad_variant_access when the effect is another one.
inline const poll_request& request_of(const poll_effect& effect) {
  return std::get<fetch_page>(effect).request;
}
inline base::duration wait_of(const poll_effect& effect) {
  return std::get<wait_for>(effect).time;
}
inline bool submits(const poll_effect& effect) {
  return std::holds_alternative<submit_page>(effect);
}
inline v1::PollCursor cursor_of(const poll_effect& effect) {
  v1::PollCursor out;
  out.ParseFromString(std::get<store_cursor>(effect).bytes);
  return out;
}

} // namespace cxstream::pollers
