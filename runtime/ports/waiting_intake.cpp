#include "ports/waiting_intake.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace cxstream::ports {

using base::error_code;

class waiting_intake::listener final : public ingest_listener {
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

waiting_intake::waiting_intake(ingest_gate& gate, ingest_client client, std::chrono::milliseconds patience)
    : gate_(gate), client_(std::move(client)), patience_(patience) {
}

waiting_intake::~waiting_intake() = default;

base::result<v1::PublishResponse>
waiting_intake::submit(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused, const std::stop_token& stop) {
  if (!session_) {
    listener_ = std::make_shared<listener>();
    session_ = gate_.open(listener_, client_);
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

} // namespace cxstream::ports
