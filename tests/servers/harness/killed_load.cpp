#include "servers/harness/killed_load.hpp"

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

namespace {

constexpr std::size_t batches_a_life_max = 30;

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
      if (!all_delivered(target->deliver(events.subspan(i, batch), now)))
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
                       std::span<const ports::delivery> events, kill_plan plan) {
  std::mt19937 random(plan.seed);
  std::size_t acknowledged = 0;
  int kills = 0;
  for (; kills < plan.kills_max && acknowledged < events.size(); ++kills) {
    const auto from = acknowledged - std::min<std::size_t>(acknowledged, plan.batch * (random() % 4));
    const auto after = 1 + random() % batches_a_life_max;
    acknowledged = from + plan.batch * deliver_and_kill(make, events.subspan(from), plan.batch, after,
                                                        std::chrono::microseconds(random() % 10'000));
  }
  return kills;
}

} // namespace cxstream::servers
