#include "connectors/node_events.hpp"

#include <atomic>
#include <future>
#include <memory>

namespace cxstream::connectors {

namespace {

using base::error_code;
using answer = base::result<v1::PublishResponse>;

// Hands on the first thing that is heard.
class one_answer final : public ports::ingest_listener {
public:
  void on_answer(v1::PublishResponse a) override {
    hear(std::move(a));
  }
  void on_failed(base::error why) override {
    hear(std::move(why));
  }
  std::future<answer> future() {
    return promised_.get_future();
  }

private:
  void hear(answer a) {
    if (!heard_.exchange(true))
      promised_.set_value(std::move(a));
  }
  std::atomic<bool> heard_ = false;
  std::promise<answer> promised_;
};

} // namespace

void node_events::attach(ports::ingest_gate& gate) {
  const std::lock_guard lock(mutex_);
  gate_ = &gate;
}

void node_events::detach() {
  const std::lock_guard lock(mutex_);
  gate_ = nullptr;
}

base::result<void> node_events::publish(const v1::CanonicalEvent& event) {
  const auto listener = std::make_shared<one_answer>();
  auto heard = listener->future();
  std::shared_ptr<ports::ingest_session> session;
  {
    const std::lock_guard lock(mutex_);
    if (gate_ == nullptr)
      return base::error{error_code::unavailable, "the node is starting or stopping"};
    session = gate_->open(listener, {"connector", {}});
  }
  v1::RawPublishRequest batch;
  batch.set_batch_id(1);
  batch.add_events(event.SerializeAsString());
  if (!session)
    return base::error{error_code::unavailable, "the node takes nothing now"};
  session->submit(std::move(batch));
  if (heard.wait_for(patience_) != std::future_status::ready)
    return base::error{error_code::timeout, "the node did not answer in time"};
  const auto got = heard.get();
  if (!got)
    return got.err();
  if (got->results_size() != 1)
    return base::error{error_code::internal,
                       "one event was answered with " + std::to_string(got->results_size()) + " results"};
  const auto& result = got->results(0);
  if (result.outcome() == v1::ACCEPTED || result.outcome() == v1::DUPLICATE)
    return {};
  return base::error{error_code::invalid_argument, result.message()};
}

} // namespace cxstream::connectors
