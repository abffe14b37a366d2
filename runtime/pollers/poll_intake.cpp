#include "pollers/poll_intake.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace cxstream::pollers {

namespace {

using base::error_code;

constexpr std::size_t batch_events_max = 512;
constexpr std::size_t batch_bytes_max = 1u << 20u;

// Takes events off the end of `from`, turned round beforehand, until a batch is full.
v1::RawPublishRequest next_batch(std::vector<std::string>& from) {
  v1::RawPublishRequest batch;
  std::size_t bytes = 0;
  while (!from.empty() && static_cast<std::size_t>(batch.events_size()) < batch_events_max &&
         (bytes == 0 || bytes + from.back().size() <= batch_bytes_max)) {
    bytes += from.back().size();
    batch.add_events(std::move(from.back()));
    from.pop_back();
  }
  return batch;
}

std::vector<v1::DeadLetter> next_letters(std::vector<v1::DeadLetter>& from) {
  std::vector<v1::DeadLetter> out;
  std::size_t bytes = 0;
  while (!from.empty() && out.size() < batch_events_max &&
         (bytes == 0 || bytes + from.back().payload().size() <= batch_bytes_max)) {
    bytes += from.back().payload().size();
    out.push_back(std::move(from.back()));
    from.pop_back();
  }
  return out;
}

} // namespace

class poll_intake::listener final : public ports::ingest_listener {
public:
  void on_answer(v1::PublishResponse answer) override {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
    changed_.notify_all();
  }
  void on_failed(base::error why) override {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(why);
    changed_.notify_all();
  }
  base::result<v1::PublishResponse> wait(std::uint64_t batch, std::chrono::milliseconds patience,
                                         const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto there = [&] { return failure_ || (answer_ && answer_->batch_id() == batch); };
    if (!changed_.wait_for(lock, stop, patience, there))
      return stop.stop_requested() ? base::error{error_code::cancelled, "the node is stopping"}
                                   : base::error{error_code::timeout, "the node did not answer in time"};
    if (failure_)
      return *failure_;
    return *std::exchange(answer_, std::nullopt);
  }

private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<v1::PublishResponse> answer_;
  std::optional<base::error> failure_;
};

poll_intake::poll_intake(ports::ingest_gate& gate, std::string source, std::chrono::milliseconds patience)
    : gate_(gate), source_(std::move(source)), patience_(patience) {
}

poll_intake::~poll_intake() = default;

base::result<v1::PublishResponse> poll_intake::submit(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused,
                                                      const std::stop_token& stop) {
  if (!session_) {
    listener_ = std::make_shared<listener>();
    session_ = gate_.open(listener_, {"poll/" + source_, {}});
    if (!session_)
      return base::error{error_code::unavailable, "the node takes no events now"};
  }
  batch.set_batch_id(++batch_);
  session_->submit_mapped(std::move(batch), std::move(refused));
  auto answer = listener_->wait(batch_, patience_, stop);
  if (!answer)
    session_.reset(); // the next batch begins with a new session
  return answer;
}

base::result<taken_page> poll_intake::take(std::vector<std::string> events, std::vector<v1::DeadLetter> refused,
                                           const std::stop_token& stop) {
  taken_page out;
  std::ranges::reverse(events);
  std::ranges::reverse(refused);
  while (!events.empty() || !refused.empty()) {
    auto batch = next_batch(events);
    const int sent = batch.events_size();
    auto answer =
        submit(std::move(batch), events.empty() ? next_letters(refused) : std::vector<v1::DeadLetter>(), stop);
    if (!answer)
      return answer.err();
    for (int i = 0; i < sent && i < answer->results_size(); ++i) {
      const auto& result = answer->results(i);
      if (result.outcome() == v1::ACCEPTED)
        ++out.accepted;
      else if (result.outcome() == v1::DUPLICATE)
        ++out.duplicates;
      else
        out.rejected.push_back(result.reason());
    }
  }
  return out;
}

} // namespace cxstream::pollers
