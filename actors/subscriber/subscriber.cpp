#include "actors/subscriber/subscriber.hpp"

#include "actors/outcomes.hpp"
#include "model/revision.hpp"

#include "cxstream/v1/subscribe.pb.h"

namespace cxstream::actors {

subscriber_actor::behavior_type subscriber_state::start(subscriber_config config) {
  config_.emplace(config);
  return {
      [this](target_call& request) { call(request); },
      [this](tick_atom) { open(); },
      [this](stop_atom) { return stop(); },
      [this](const attach_stream& request) { return attach(request); },
      [this](const detach_stream& word) { detach(word); },
      [this](const consumer_word& word) { hear(word); },
      [this](const ask_counts&) {
        return verdict{listener_ != nullptr, {}};
      },
  };
}

void subscriber_state::call(target_call& request) {
  window_.offer(request.id, std::move(request.events));
  send_out();
}

// There is nothing to open: without a consumer, calls wait for one.
void subscriber_state::open() {
  client_ = caf::actor_cast<target_worker_client>(self_->current_sender());
  self_->send(client_, target_opened{});
}

verdict subscriber_state::attach(const attach_stream& request) {
  if (listener_)
    return {
        false,
        {base::error_code::already_exists, "another stream reads under this name; close it or choose another name"}};
  v1::Projection wanted;
  wanted.ParseFromString(request.projection);
  auto compiled = model::compile_projection(wanted);
  if (!compiled)
    return {false, compiled.err()};
  projection_ = std::move(*compiled);
  listener_ = request.listener;
  stream_ = request.stream;
  window_.connect(request.credit_events);
  send_out();
  return {};
}

void subscriber_state::detach(const detach_stream& word) {
  if (word.stream != stream_)
    return;
  listener_.reset();
  window_.disconnect();
}

void subscriber_state::hear(const consumer_word& word) {
  if (word.stream != stream_ || !listener_)
    return;
  if (v1::NackEvents nack; word.refuses) {
    nack.ParseFromString(word.bytes);
    for (const auto& at : nack.events())
      answer(window_.refuse(base::partition_id{static_cast<std::uint16_t>(at.partition())},
                            base::log_offset{at.offset()}, nack.permanent(), nack.reason()));
  } else {
    v1::AckEvents ack;
    ack.ParseFromString(word.bytes);
    for (const auto& at : ack.up_to())
      answer(window_.acknowledge(base::partition_id{static_cast<std::uint16_t>(at.partition())},
                                 base::log_offset{at.offset()}));
  }
  send_out();
}

void subscriber_state::send_out() {
  if (!listener_)
    return;
  std::vector<std::string> events;
  for (const auto* event : window_.take())
    events.push_back(render(*event));
  if (!events.empty())
    listener_->on_events(std::move(events));
}

// Appending a pipeline message to the bytes sets its fields (protobuf merges), so that nothing need be parsed.
std::string subscriber_state::render(const ports::delivery& event) const {
  v1::CanonicalEvent stamp;
  model::set_us(*stamp.mutable_pipeline()->mutable_delivered_at(), base::to_us(config_->clock.now()));
  auto bytes = event.event.bytes() + stamp.SerializeAsString();
  if (projection_.keeps_all())
    return bytes;
  v1::CanonicalEvent projected;
  projected.ParseFromString(bytes);
  projection_.project(projected);
  return projected.SerializeAsString();
}

void subscriber_state::answer(std::vector<protocols::consumer_window::answer> answers) {
  for (auto& a : answers) {
    target_answer out{a.call, {}};
    for (std::uint32_t i = 0; i < a.outcomes.size(); ++i)
      out.events.push_back(to_message(i, std::move(a.outcomes[i])));
    self_->send(client_, std::move(out));
  }
}

verdict subscriber_state::stop() {
  if (listener_)
    listener_->on_closed({base::error_code::cancelled, "the node is shutting down; connect again later"});
  listener_.reset();
  client_ = nullptr;
  self_->quit();
  return {};
}

subscriber_actor::behavior_type subscriber(subscriber_actor::stateful_pointer<subscriber_state> self,
                                           subscriber_config config) {
  return self->state.start(config);
}

} // namespace cxstream::actors
