// What the tests of reconciliation have in common: tickets that rest while differences are planted in a target, others
// that go on meanwhile, and what a report must say.
#pragma once

#include "integration/harness/node_process.hpp"

#include "cxstream/v1/event.pb.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace cxstream::integration {

constexpr std::uint64_t quiet_tickets = 1'200;
constexpr std::uint64_t events_a_quiet_ticket = 4;
constexpr std::uint64_t planted_of_a_kind = 250;

// Missing are 0 to 249, stale 250 to 499, altered 500 to 749.
std::string quiet(std::uint64_t number);
// Extra are 1 to 250: no event was ever of them.
std::string extra(std::uint64_t number);

void publish_quiet_tickets(const node_process& node);
// For a live load over tickets of its own, in the same hours.
v1::CanonicalEvent live_event(std::uint64_t number);

std::uint64_t count_in(const nlohmann::json& report, const char* name);
// No difference at all.
void expect_clean(const nlohmann::json& report);
// Exactly the planted ones, each by its name.
void expect_planted(const nlohmann::json& report, std::uint64_t mended);

} // namespace cxstream::integration
