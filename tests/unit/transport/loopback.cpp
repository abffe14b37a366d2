#include "unit/transport/loopback.hpp"

#include <grpcpp/impl/codegen/rpc_method.h>

#include <algorithm>

namespace cxstream::transport::test {

class fake_gate::session final : public ports::ingest_session {
public:
  session(fake_gate& gate, std::shared_ptr<ports::ingest_listener> listener)
      : gate_(gate), listener_(std::move(listener)) {
  }
  ~session() override {
    gate_.closed();
  }
  void submit(v1::RawPublishRequest batch) override {
    gate_.take({listener_, std::move(batch), false});
  }
  void submit_mapped(v1::RawPublishRequest batch, std::vector<v1::DeadLetter>) override {
    submit(std::move(batch));
  }
  void submit_malformed(std::string bytes) override {
    v1::RawPublishRequest batch;
    batch.add_events(std::move(bytes));
    gate_.take({listener_, std::move(batch), true});
  }

private:
  fake_gate& gate_;
  std::shared_ptr<ports::ingest_listener> listener_;
};

std::shared_ptr<ports::ingest_session> fake_gate::open(std::shared_ptr<ports::ingest_listener> listener,
                                                       ports::ingest_client) {
  if (refuse)
    return nullptr;
  const std::lock_guard lock(mutex_);
  ++sessions_;
  changed_.notify_all();
  return std::make_shared<session>(*this, std::move(listener));
}

void fake_gate::take(taken_batch taken) {
  {
    const std::lock_guard lock(mutex_);
    unanswered_ += static_cast<std::size_t>(taken.batch.events_size());
    unanswered_most_ = std::max(unanswered_most_, unanswered_);
    batches_.push_back(taken);
    changed_.notify_all();
  }
  if (on_batch)
    on_batch(*this, taken);
}

void fake_gate::closed() {
  const std::lock_guard lock(mutex_);
  --sessions_;
  changed_.notify_all();
}

v1::PublishResponse fake_gate::answer_to(const taken_batch& taken) {
  v1::PublishResponse answer;
  answer.set_batch_id(taken.malformed ? 0 : taken.batch.batch_id());
  for (const auto& bytes : taken.batch.events()) {
    v1::CanonicalEvent event;
    auto& result = *answer.add_results();
    if (!taken.malformed && event.ParseFromString(bytes)) {
      result.set_outcome(v1::ACCEPTED);
    } else {
      result.set_outcome(v1::REJECTED);
      result.set_reason(v1::MALFORMED);
    }
  }
  return answer;
}

void fake_gate::answer(std::size_t which) {
  const taken_batch taken = batch(which);
  {
    const std::lock_guard lock(mutex_);
    unanswered_ -= static_cast<std::size_t>(taken.batch.events_size());
  }
  taken.listener->on_answer(answer_to(taken));
}

fake_gate::taken_batch fake_gate::batch(std::size_t which) const {
  const std::lock_guard lock(mutex_);
  return batches_.at(which);
}

bool fake_gate::wait_for_batches(std::size_t n, std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [&] { return batches_.size() >= n; });
}

bool fake_gate::wait_for_sessions(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return sessions_ == n; });
}

std::size_t fake_gate::batches_taken() const {
  const std::lock_guard lock(mutex_);
  return batches_.size();
}

std::size_t fake_gate::unanswered_most() const {
  const std::lock_guard lock(mutex_);
  return unanswered_most_;
}

void answer_at_once(fake_gate&, const fake_gate::taken_batch& taken) {
  taken.listener->on_answer(fake_gate::answer_to(taken));
}

class fake_subscribers::session final : public ports::subscriber_session {
public:
  explicit session(fake_subscribers& gate) : gate_(gate) {
    const std::lock_guard lock(gate_.mutex_);
    ++gate_.sessions_;
    gate_.changed_.notify_all();
  }
  ~session() override {
    const std::lock_guard lock(gate_.mutex_);
    --gate_.sessions_;
    gate_.changed_.notify_all();
  }
  void ack(v1::AckEvents ack) override {
    v1::SubscribeRequest request;
    *request.mutable_ack() = std::move(ack);
    gate_.record(std::move(request));
  }
  void nack(v1::NackEvents nack) override {
    v1::SubscribeRequest request;
    *request.mutable_nack() = std::move(nack);
    gate_.record(std::move(request));
  }
  void seek(v1::SeekSubscription seek) override {
    v1::SubscribeRequest request;
    *request.mutable_seek() = std::move(seek);
    gate_.record(std::move(request));
  }

private:
  fake_subscribers& gate_;
};

void fake_subscribers::open(v1::StartSubscription start, std::shared_ptr<ports::subscriber_listener> listener,
                            ports::reply<std::shared_ptr<ports::subscriber_session>> done) {
  {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
    if (hold_open)
      held = done;
  }
  if (!refusal)
    done(refusal.err());
  else if (!hold_open)
    done(std::shared_ptr<ports::subscriber_session>(std::make_shared<session>(*this)));
  v1::SubscribeRequest request;
  *request.mutable_start() = std::move(start);
  record(std::move(request));
}

void fake_subscribers::record(v1::SubscribeRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  changed_.notify_all();
}

bool fake_subscribers::wait_for_sessions(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return sessions_ == n; });
}

bool fake_subscribers::wait_for_requests(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return requests_.size() >= n; });
}

std::vector<v1::SubscribeRequest> fake_subscribers::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::shared_ptr<ports::subscriber_listener> fake_subscribers::listener() const {
  const std::lock_guard lock(mutex_);
  return listener_;
}

Loopback::Loopback() {
  options.listen = "127.0.0.1:0";
}

void Loopback::start() {
  auto started = grpc_server::start(options, {gate, subscribers, queries, admin});
  ASSERT_TRUE(started) << started.err().message;
  server = std::move(*started);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  channel = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials(),
                                      arguments);
}

std::unique_ptr<raw_stream> Loopback::open_raw(const char* method, grpc::ClientContext& context) {
  static const grpc::internal::RpcMethod publish(publish_method, grpc::internal::RpcMethod::BIDI_STREAMING);
  static const grpc::internal::RpcMethod subscribe(subscribe_method, grpc::internal::RpcMethod::BIDI_STREAMING);
  return std::unique_ptr<raw_stream>(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          channel.get(), std::string_view(method) == publish_method ? publish : subscribe, &context));
}

grpc::ByteBuffer bytes_of(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

v1::CanonicalEvent an_event(const std::string& ticket_id) {
  v1::CanonicalEvent event;
  event.set_ticket_id(ticket_id);
  event.set_source_system("helpdesk");
  return event;
}

v1::PublishRequest a_batch(std::uint64_t batch_id, int events) {
  v1::PublishRequest batch;
  batch.set_batch_id(batch_id);
  for (int i = 0; i < events; ++i)
    *batch.add_events() = an_event("T-" + std::to_string(i));
  return batch;
}

} // namespace cxstream::transport::test
