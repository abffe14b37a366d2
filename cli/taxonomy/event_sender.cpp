#include "taxonomy/event_sender.hpp"

#include "client/interruption.hpp"

#include <algorithm>
#include <thread>

namespace cxstream::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int batch_events_max = 512;
constexpr std::size_t batch_bytes_max = 1u << 20u; // the node takes 4 MiB
constexpr double batches_a_second = 10;            // at a low rate, batches become small rather than rare
constexpr milliseconds answer_within{30'000};
constexpr milliseconds patience{60'000};
constexpr milliseconds pause_first{100};
constexpr milliseconds pause_most{5'000};
constexpr milliseconds look_up_every{50};
constexpr std::size_t refusals_shown = 10;

} // namespace

event_sender::event_sender(const client::node_address& node, double rate)
    : stub_(v1::IngestService::NewStub(client::connect(node))), rate_(rate), next_at_(steady_clock::now()) {
}

bool event_sender::send(const std::vector<v1::CanonicalEvent>& events) {
  auto most = batch_events_max;
  if (rate_ > 0)
    most = static_cast<int>(std::clamp<double>(rate_ / batches_a_second, 1, batch_events_max));
  for (auto next = events.begin(); next != events.end();) {
    v1::PublishRequest request;
    for (std::size_t bytes = 0; next != events.end() && bytes < batch_bytes_max && request.events_size() < most;
         ++next) {
      bytes += next->ByteSizeLong();
      *request.add_events() = *next;
    }
    if (rate_ > 0) {
      if (!wait_until(next_at_))
        return false;
      next_at_ = std::max(next_at_, steady_clock::now()) +
                 std::chrono::duration_cast<steady_clock::duration>(
                     std::chrono::duration<double>(static_cast<double>(request.events_size()) / rate_));
    }
    if (!publish(request))
      return false;
  }
  return true;
}

bool event_sender::publish(const v1::PublishRequest& request) {
  const auto give_up = steady_clock::now() + patience;
  for (auto pause = pause_first;; pause = std::min(pause * 2, pause_most)) {
    v1::PublishResponse answer;
    const auto status = stub_->PublishBatch(client::call_within(answer_within).get(), request, &answer);
    if (status.ok()) {
      take(request, answer);
      return true;
    }
    if (!client::is_passing(status) || steady_clock::now() + pause > give_up) {
      trouble_ = status;
      return false;
    }
    if (!wait_until(steady_clock::now() + pause))
      return false;
  }
}

void event_sender::take(const v1::PublishRequest& request, const v1::PublishResponse& answer) {
  for (int i = 0; i < request.events_size(); ++i) {
    const auto& result = i < answer.results_size() ? answer.results(i) : v1::EventResult::default_instance();
    if (result.outcome() == v1::ACCEPTED) {
      ++counts_.accepted;
    } else if (result.outcome() == v1::DUPLICATE) {
      ++counts_.duplicates;
    } else {
      ++counts_.refused;
      if (refusals_.size() < refusals_shown)
        refusals_.push_back(
            "ticket " + request.events(i).ticket_id() + ": " +
            (result.outcome() == v1::CONFLICT
                 ? "this version was run before with other rules; give the changed taxonomy a new version"
                 : result.message()));
    }
  }
}

// False when it was interrupted meanwhile.
bool event_sender::wait_until(steady_clock::time_point time) const {
  const auto& stop = client::interrupted();
  while (!stop && steady_clock::now() < time)
    std::this_thread::sleep_for(std::min<steady_clock::duration>(look_up_every, time - steady_clock::now()));
  return !stop;
}

} // namespace cxstream::cli
