// `cxstream ticket`: what is known of tickets. Each returns the exit code.
#pragma once

#include "calls.hpp"

namespace cxstream::cli {

int show_ticket(const call_options& options, const std::string& ticket_id);
// The newest `limit` events; 0 for all.
int show_history(const call_options& options, const std::string& ticket_id, std::uint64_t limit);
int search_tickets(const call_options& options, const std::string& account_id, std::uint64_t limit);

} // namespace cxstream::cli
