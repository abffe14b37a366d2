// The subscriber actor; see interface.hpp. What it decides is protocols::consumer_window.
#pragma once

#include "actors/subscriber/interface.hpp"
#include "model/projection.hpp"
#include "ports/clock.hpp"
#include "protocols/consumer_window.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace cxstream::actors {

struct subscriber_config {
  const ports::clock& clock;
};

class subscriber_state {
public:
  static inline const char* name = "subscriber";

  explicit subscriber_state(subscriber_actor::pointer self) : self_(self) {
  }
  subscriber_actor::behavior_type start(subscriber_config config);

private:
  void call(target_call& request);
  void open();
  verdict attach(const attach_stream& request);
  void detach(const detach_stream& word);
  void hear(const consumer_word& word);
  verdict stop();

  void send_out();
  void answer(std::vector<protocols::consumer_window::answer> answers);
  std::string render(const ports::delivery& event) const;

  subscriber_actor::pointer self_;
  std::optional<subscriber_config> config_;
  target_worker_client client_;
  protocols::consumer_window window_;
  model::compiled_projection projection_;
  std::shared_ptr<ports::subscriber_listener> listener_;
  std::uint64_t stream_ = 0;
};

subscriber_actor::behavior_type subscriber(subscriber_actor::stateful_pointer<subscriber_state> self,
                                           subscriber_config config);

} // namespace cxstream::actors
