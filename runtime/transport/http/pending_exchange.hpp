// pending_exchange: the answer that a connection waits for. Used from any thread; holds no connection, only its lane.
#pragma once

#include "transport/http/http_connection.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace cxstream::transport {

class pending_exchange final : public http_exchange {
public:
  // Gives `bytes` back to the server's budget at its end.
  pending_exchange(std::shared_ptr<http_lane> lane, const std::shared_ptr<http_connection>& connection,
                   std::uint64_t request, std::uint64_t bytes)
      : lane_(std::move(lane)), connection_(connection), request_(request), bytes_(bytes) {
  }
  ~pending_exchange() override;

  void answer(http_response response) override;
  std::shared_ptr<connection_guest> guest() override;
  void keep(std::shared_ptr<connection_guest> guest) override;

private:
  const std::shared_ptr<http_lane> lane_;
  const std::weak_ptr<http_connection> connection_;
  const std::uint64_t request_;
  const std::uint64_t bytes_;
  std::atomic<bool> answered_ = false;
};

} // namespace cxstream::transport
