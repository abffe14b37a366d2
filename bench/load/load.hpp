// What the benchmarks of connectors have in common: events, their delivery, and what it costs.
#pragma once

#include "config/config.hpp"
#include "ports/target.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxstream::bench {

// Says why and ends the program.
[[noreturn]] void fail(const std::string& why);

// `n` events of so many tickets, about 250 bytes each. A ticket's name is `prefix` and a number; no two of `tickets`
// events in a row are of one ticket.
std::vector<ports::delivery> make_events(std::size_t n, std::size_t tickets, const std::string& prefix = "T-");

// In batches of so many, but of no more than the connector takes; fails when one is not delivered. Returns the events a
// batch had.
std::size_t deliver_all(const config::sink_config& sink, std::span<const ports::delivery> events, std::size_t batch);

// Whose CPU a measurement counts: where the target runs in this process too, the thread that calls it stands for the
// client.
enum class cpu_of : bool { process, thread };

double cpu_seconds(cpu_of whose);

// Prints a line: what was sent a second, and CPU seconds a million.
void measure(const std::string& name, std::size_t events, cpu_of whose, const std::function<void()>& send);

} // namespace cxstream::bench
