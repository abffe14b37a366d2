// subscribe_stream: one Subscribe call: a consumer's requests to its session, the node's events to the consumer.
//
// Invariants:
//  1. The first request is `start`; nothing more is read until the node opened the session.
//  2. Events queue here at most as many as the subscription's credit lets the node send.
#pragma once

#include "ports/access.hpp"
#include "ports/services.hpp"
#include "transport/stream_reactor.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace cxstream::transport {

struct subscribe_limits {
  std::size_t request_bytes_max = 1u << 20u;
  std::size_t response_bytes_max = 1u << 20u; // of events in one message; one event alone may be more
  std::size_t streams_max = 1'024;
};

class subscribe_stream final : public stream_reactor, public ports::subscriber_listener {
public:
  // May this caller consume under that name?
  using name_check = std::function<base::result<ports::grant>(const std::string& name)>;

  subscribe_stream(ports::subscriber_gate& gate, subscribe_limits most, name_check check)
      : gate_(gate), most_(most), check_(std::move(check)) {
  }

  void on_events(std::vector<std::string> events) override;
  void on_closed(base::error why) override;
  // Ends with UNAVAILABLE at once; what was not acknowledged comes again at the next connection.
  void drain() override;

private:
  enum class stage { new_born, opening, open };

  void on_message(grpc::ByteBuffer& bytes) override;
  void on_half_close() override;
  void on_gone() override;
  void decide() override;

  void handle(v1::SubscribeRequest request);
  void open(v1::StartSubscription start);
  void opened(base::result<std::shared_ptr<ports::subscriber_session>> outcome);
  void refuse(std::string message);

  ports::subscriber_gate& gate_;
  const subscribe_limits most_;
  const name_check check_;
  stage stage_ = stage::new_born;
  bool gone_ = false;
  std::shared_ptr<ports::subscriber_session> session_;
};

} // namespace cxstream::transport
