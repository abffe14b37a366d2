#include "servers/harness/killed_load.hpp"

#include "unit/connectors/deliveries.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

namespace cxstream::servers {

using namespace std::chrono_literals;
using connectors_test::all_delivered;
using connectors_test::now;

bool deliver_until_taken(ports::target& target, std::span<const ports::delivery> events) {
  const auto deadline = std::chrono::steady_clock::now() + 90s;
  while (!all_delivered(target.deliver(events, now))) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

namespace {

// Delivers in a child process and kills it in the middle of some batch. Returns the batches that were acknowledged.
std::size_t deliver_and_kill(const std::function<std::unique_ptr<ports::target>()>& make,
                             std::span<const ports::delivery> events, std::size_t batch,
                             std::chrono::milliseconds after) {
  int channel[2];
  if (::pipe(channel) != 0)
    return 0;
  const auto child = ::fork();
  if (child == 0) {
    ::close(channel[0]);
    const auto target = make();
    for (std::size_t i = 0; i + batch <= events.size(); i += batch) {
      if (!all_delivered(target->deliver(events.subspan(i, batch), now)))
        ::_exit(1);
      [[maybe_unused]] const auto said = ::write(channel[1], "x", 1);
    }
    ::_exit(0); // no destructor runs
  }
  ::close(channel[1]);
  std::this_thread::sleep_for(after);
  ::kill(child, SIGKILL);
  std::size_t heard = 0;
  for (char byte = 0; ::read(channel[0], &byte, 1) == 1;)
    ++heard;
  ::close(channel[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return heard;
}

} // namespace

int deliver_with_kills(const std::function<std::unique_ptr<ports::target>()>& make,
                       std::span<const ports::delivery> events, kill_plan plan) {
  std::mt19937 random(plan.seed);
  std::size_t acknowledged = 0;
  int kills = 0;
  for (; kills < plan.kills_max && acknowledged < events.size(); ++kills) {
    const auto from = acknowledged - std::min<std::size_t>(acknowledged, plan.batch * (random() % 4));
    acknowledged = from + plan.batch * deliver_and_kill(make, events.subspan(from), plan.batch,
                                                        std::chrono::milliseconds(150 + random() % 250));
  }
  return kills;
}

} // namespace cxstream::servers
