#include "transport/http/pending_exchange.hpp"

#include <boost/asio/post.hpp>

namespace cxstream::transport {

pending_exchange::~pending_exchange() {
  answer(http_error(500, "internal", "the request was dropped without an answer: send it again"));
  if (bytes_ > 0)
    lane_->core().budget.give(bytes_);
}

void pending_exchange::answer(http_response response) {
  if (answered_.exchange(true))
    return;
  // Always by the lane's queue, even from its own thread: a handler that answers at once must not come back into the
  // connection that is calling it.
  boost::asio::post(lane_->io(), [connection = connection_, request = request_, said = std::move(response)]() mutable {
    if (const auto there = connection.lock())
      there->deliver(request, std::move(said));
  });
}

std::shared_ptr<connection_guest> pending_exchange::guest() {
  const auto there = connection_.lock();
  return there ? there->guest() : nullptr;
}

void pending_exchange::keep(std::shared_ptr<connection_guest> guest) {
  if (const auto there = connection_.lock())
    there->keep(std::move(guest));
}

} // namespace cxstream::transport
