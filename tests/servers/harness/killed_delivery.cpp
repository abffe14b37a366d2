#include "servers/harness/killed_delivery.hpp"

#include "unit/connectors/deliveries.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

namespace cxstream::servers {

namespace {

// Delivers in a child process and kills it when so many batches were acknowledged and a moment passed, in the middle of
// some batch. Returns the batches that were acknowledged.
std::size_t deliver_and_kill(const std::function<std::unique_ptr<ports::target>()>& make,
                             std::span<const ports::delivery> events, std::size_t batch, std::size_t after,
                             std::chrono::microseconds moment) {
  int channel[2];
  if (::pipe(channel) != 0)
    return 0;
  const auto child = ::fork();
  if (child == 0) {
    ::close(channel[0]);
    const auto target = make();
    for (std::size_t i = 0; i + batch <= events.size(); i += batch) {
      if (!connectors_test::all_delivered(target->deliver(events.subspan(i, batch), connectors_test::now)))
        ::_exit(1);
      [[maybe_unused]] const auto said = ::write(channel[1], "x", 1);
    }
    ::_exit(0); // no destructor runs
  }
  ::close(channel[1]);
  std::size_t heard = 0;
  char byte = 0;
  while (heard < after && ::read(channel[0], &byte, 1) == 1)
    ++heard;
  std::this_thread::sleep_for(moment);
  ::kill(child, SIGKILL);
  while (::read(channel[0], &byte, 1) == 1)
    ++heard;
  ::close(channel[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return heard;
}

} // namespace

int deliver_with_kills(const std::function<std::unique_ptr<ports::target>()>& make,
                       std::span<const ports::delivery> events, const kill_plan& plan,
                       const std::function<void(std::size_t acknowledged)>& after_kill) {
  std::mt19937 random(plan.seed);
  std::size_t acknowledged = 0;
  int kills = 0;
  while (kills < plan.kills_max && acknowledged + plan.batch <= events.size()) {
    const auto from = acknowledged - std::min<std::size_t>(acknowledged, plan.batch * (random() % 4));
    const auto after = 1 + random() % plan.batches_a_life;
    acknowledged = from + plan.batch * deliver_and_kill(make, events.subspan(from), plan.batch, after,
                                                        std::chrono::microseconds(random() % 10'000));
    ++kills;
    after_kill(acknowledged);
  }
  return kills;
}

} // namespace cxstream::servers
