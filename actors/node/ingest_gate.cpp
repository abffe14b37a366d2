// The way in: each client stream gets an ingest actor.
#include "actors/ingest/ingest.hpp"
#include "actors/node/node.hpp"
#include "actors/node/stream_listener.hpp"

#include <caf/send.hpp>

namespace cxstream::actors {

namespace {

// Passes answers on until the stream is gone, and counts what was rejected.
class counted_listener final : public ports::ingest_listener {
public:
  counted_listener(std::shared_ptr<ports::ingest_listener> inner, intake_counters& counters)
      : inner_(std::move(inner)), counters_(counters) {
  }

  void on_answer(v1::PublishResponse answer) override {
    std::uint64_t rejected = 0;
    for (const auto& result : answer.results())
      rejected += result.outcome() == v1::REJECTED;
    counters_.rejected += rejected;
    inner_.tell([&](auto& listener) { listener.on_answer(std::move(answer)); });
  }
  void on_failed(base::error why) override {
    inner_.tell([&](auto& listener) { listener.on_failed(std::move(why)); });
  }
  void detach() {
    inner_.detach();
  }

private:
  stream_listener<ports::ingest_listener> inner_;
  intake_counters& counters_;
};

class intake_session final : public ports::ingest_session {
public:
  intake_session(ingest_actor actor, std::shared_ptr<counted_listener> listener, intake_counters& counters)
      : actor_(std::move(actor)), listener_(std::move(listener)), counters_(counters) {
  }
  ~intake_session() override {
    listener_->detach();
    caf::anon_send(actor_, stop_atom_v);
  }

  void submit(v1::RawPublishRequest batch) override {
    submit_mapped(std::move(batch), {});
  }
  void submit_malformed(std::string bytes) override {
    ++counters_.received;
    caf::anon_send(actor_, submit_batch{0, {std::move(bytes)}, true, {}});
  }
  void submit_mapped(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused) override {
    submit_batch message{batch.batch_id(), {}, false, {}};
    message.events.reserve(static_cast<std::size_t>(batch.events_size()));
    for (auto& event : *batch.mutable_events())
      message.events.push_back(std::move(event));
    message.refused.reserve(refused.size());
    for (const auto& letter : refused)
      message.refused.push_back(letter.SerializeAsString());
    counters_.received += message.events.size() + message.refused.size();
    caf::anon_send(actor_, std::move(message));
  }

private:
  ingest_actor actor_;
  std::shared_ptr<counted_listener> listener_;
  intake_counters& counters_;
};

class way_in final : public ports::ingest_gate {
public:
  explicit way_in(const node_parts& parts) : parts_(parts) {
  }

  std::shared_ptr<ports::ingest_session> open(std::shared_ptr<ports::ingest_listener> listener,
                                              ports::ingest_client from) override {
    auto guarded = std::make_shared<counted_listener>(std::move(listener), parts_.intake);
    ingest_config config{parts_.config.clock,         parts_.config.metrics,  parts_.log_writer,
                         parts_.partitions,           parts_.config.rules,    guarded,
                         parts_.config.credit_events, std::move(from.sources)};
    return std::make_shared<intake_session>(parts_.system.spawn(ingest, std::move(config)), guarded, parts_.intake);
  }
  std::uint32_t credit_events() const override {
    return parts_.config.credit_events;
  }

private:
  const node_parts& parts_;
};

} // namespace

std::unique_ptr<ports::ingest_gate> make_ingest_gate(const node_parts& parts) {
  return std::make_unique<way_in>(parts);
}

} // namespace cxstream::actors
