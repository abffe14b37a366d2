// The way out for consumers that read by gRPC.
#include "actors/node/asker.hpp"
#include "actors/node/node.hpp"
#include "actors/node/stream_listener.hpp"

#include <caf/send.hpp>

#include <atomic>

namespace cxstream::actors {

namespace {

// Passes events on until the stream is gone.
class guarded_listener final : public ports::subscriber_listener {
public:
  explicit guarded_listener(std::shared_ptr<ports::subscriber_listener> inner) : inner_(std::move(inner)) {
  }

  void on_events(std::vector<std::string> events) override {
    inner_.tell([&](auto& listener) { listener.on_events(std::move(events)); });
  }
  void on_closed(base::error why) override {
    inner_.tell([&](auto& listener) { listener.on_closed(std::move(why)); });
  }
  void detach() {
    inner_.detach();
  }

private:
  stream_listener<ports::subscriber_listener> inner_;
};

class reading_session final : public ports::subscriber_session {
public:
  reading_session(sink_entry entry, std::uint64_t stream, std::shared_ptr<guarded_listener> listener)
      : entry_(std::move(entry)), stream_(stream), listener_(std::move(listener)) {
  }
  ~reading_session() override {
    listener_->detach();
    caf::anon_send(entry_.subscriber, detach_stream{stream_});
  }

  void ack(v1::AckEvents ack) override {
    caf::anon_send(entry_.subscriber, consumer_word{stream_, false, ack.SerializeAsString()});
  }
  void nack(v1::NackEvents nack) override {
    caf::anon_send(entry_.subscriber, consumer_word{stream_, true, nack.SerializeAsString()});
  }
  void seek(v1::SeekSubscription seek) override {
    if (seek.to_case() == v1::SeekSubscription::kStartAt) {
      for (const auto& partition : entry_.partitions)
        caf::anon_send(partition, seek_delivery{base::log_offset{0}, seek.start_at() == v1::LATEST});
      return;
    }
    for (const auto& at : seek.positions().positions())
      if (at.partition() < entry_.partitions.size())
        caf::anon_send(entry_.partitions[at.partition()], seek_delivery{base::log_offset{at.offset()}, false});
  }

private:
  sink_entry entry_;
  std::uint64_t stream_;
  std::shared_ptr<guarded_listener> listener_;
};

class way_out final : public ports::subscriber_gate {
public:
  explicit way_out(const node_parts& parts) : parts_(parts) {
  }

  void open(v1::StartSubscription start, std::shared_ptr<ports::subscriber_listener> listener,
            ports::reply<std::shared_ptr<ports::subscriber_session>> done) override {
    constexpr std::uint32_t credit_default = 1'024, credit_max = 65'536;
    auto entry = parts_.sinks.subscriber_for(start);
    if (!entry) {
      done(entry.err());
      return;
    }
    static std::atomic<std::uint64_t> last_stream{0};
    auto guarded = std::make_shared<guarded_listener>(std::move(listener));
    const auto credit = start.credit_events() == 0 ? credit_default : std::min(start.credit_events(), credit_max);
    const attach_stream request{++last_stream, credit, start.projection().SerializeAsString(), guarded};
    auto opened = std::make_shared<reading_session>(*entry, request.stream, guarded);
    ask<verdict>(parts_.system, entry->subscriber, request,
                 [done = std::move(done), opened = std::move(opened)](base::result<verdict> answer) mutable {
                   if (!answer)
                     done(answer.err());
                   else if (!answer->ok)
                     done(answer->why);
                   else
                     done(std::shared_ptr<ports::subscriber_session>(std::move(opened)));
                 });
  }

private:
  const node_parts& parts_;
};

} // namespace

std::unique_ptr<ports::subscriber_gate> make_subscriber_gate(const node_parts& parts) {
  return std::make_unique<way_out>(parts);
}

} // namespace cxstream::actors
