// ingest_line: the ingest session that a connection's requests share, one request after another. Opened with the first
// batch, opened again after a failure, gone with the connection's guest. Used on the connection's thread; answers come
// from any.
#pragma once

#include "ports/services.hpp"
#include "transport/http/http_exchange.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::transport {

class ingest_line final : public connection_guest {
public:
  // An error: nothing is known of the batch, it is to be sent again.
  using answered = std::function<void(base::result<v1::PublishResponse>)>;

  // The line of the exchange's connection for this client; another client on it gets a new one.
  static std::shared_ptr<ingest_line> of(http_exchange& exchange, ports::ingest_gate& gate,
                                         const ports::ingest_client& client);

  ingest_line(ports::ingest_gate& gate, ports::ingest_client client) : gate_(gate), client_(std::move(client)) {
  }
  // Precondition: the last batch is answered. `done` is called exactly once.
  void submit(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused, answered done);

private:
  class listener;

  ports::ingest_gate& gate_;
  const ports::ingest_client client_;
  std::shared_ptr<listener> listener_;
  std::shared_ptr<ports::ingest_session> session_;
  std::uint64_t batch_ = 0;
};

} // namespace cxstream::transport
