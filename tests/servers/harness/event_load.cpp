#include "servers/harness/event_load.hpp"

#include <chrono>
#include <thread>

namespace cxstream::servers {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::now;

std::vector<ports::delivery> event_load::next(std::size_t count) {
  std::vector<ports::delivery> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto ticket = "T" + std::to_string(made_ % 97);
    auto e = connectors_test::event_of(ticket, ++made_);
    e.set_status("s" + std::to_string(made_ % 5));
    e.set_account_id("a" + std::to_string(made_ % 11));
    e.add_raw_tags("r" + std::to_string(made_ % 7));
    out.push_back(log_.add(e, static_cast<std::uint16_t>(made_ % 97 % 5)));
  }
  return out;
}

refused_batch deliver_until_refused(ports::target& target, event_load& load, std::size_t batch, int batches_max) {
  for (int i = 0; i < batches_max; ++i) {
    auto events = load.next(batch);
    auto outcomes = target.deliver(events, now);
    if (!all_delivered(outcomes))
      return {std::move(events), std::move(outcomes)};
  }
  return {};
}

bool deliver_until_taken(ports::target& target, std::span<const ports::delivery> events) {
  const auto deadline = std::chrono::steady_clock::now() + 90s;
  while (!all_delivered(target.deliver(events, now))) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

} // namespace cxstream::servers
