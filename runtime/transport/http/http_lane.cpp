#include "transport/http/http_lane.hpp"

#include "transport/http/http_connection.hpp"

#include <boost/asio/post.hpp>
#include <date/date.h>

#include <algorithm>
#include <csignal>

namespace cxstream::transport {
namespace {

using std::chrono::milliseconds;

// Often enough for the shortest limit, seldom enough to cost nothing over ten thousand connections.
milliseconds sweep_period(const http_limits& limits) {
  const milliseconds shortest = std::min({limits.head_max, limits.body_max, limits.idle_max, limits.answer_max,
                                          limits.write_max, limits.linger_max, limits.cool_after});
  return std::clamp(shortest / 4, milliseconds{10}, milliseconds{500});
}

} // namespace

void http_core::one_left() {
  if (--connections > 0 || !draining)
    return;
  const std::lock_guard lock(mutex_);
  none_.notify_all();
}

void http_core::wait_for_none(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  none_.wait_until(lock, until, [&] { return connections == 0; });
}

http_lane::http_lane(std::shared_ptr<http_core> core)
    : core_(std::move(core)), work_(io_.get_executor()), timer_(io_),
      sweep_every_(sweep_period(core_->options.limits)) {
}

void http_lane::start() {
  sweep_later();
  thread_ = std::thread([this] { run(); });
}

void http_lane::run() {
  // OpenSSL writes to sockets by write(2): a client that is gone must be an error there, not a signal.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  io_.run();
}

void http_lane::join() {
  boost::asio::post(io_, [this] {
    stopping_ = true;
    timer_.cancel();
  });
  work_.reset();
  if (thread_.joinable())
    thread_.join();
}

const std::string& http_lane::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != date_of_) {
    date_of_ = now;
    date_ = date::format("%a, %d %b %Y %T GMT", now);
  }
  return date_;
}

void http_lane::add(std::shared_ptr<http_connection> connection) {
  connection->place = connections_.size();
  connections_.push_back(std::move(connection));
}

void http_lane::remove(http_connection& connection) {
  const std::size_t place = connection.place;
  if (place >= connections_.size() || connections_[place].get() != &connection)
    return;
  connections_.back()->place = place;
  std::swap(connections_[place], connections_.back());
  connections_.pop_back(); // the caller holds the connection
}

void http_lane::drain() {
  boost::asio::post(io_, [this] {
    const auto all = connections_; // closing one removes it
    for (const auto& connection : all)
      connection->drain();
  });
}

void http_lane::close_all() {
  boost::asio::post(io_, [this] {
    const auto all = connections_;
    for (const auto& connection : all)
      connection->close();
  });
}

void http_lane::sweep_later() {
  timer_.expires_after(sweep_every_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_)
      sweep();
  });
}

void http_lane::sweep() {
  const auto now = std::chrono::steady_clock::now();
  // From the back: one that closes is replaced by the last, which was looked at already.
  for (std::size_t i = connections_.size(); i > 0; --i)
    if (i <= connections_.size()) {
      const auto connection = connections_[i - 1];
      connection->sweep(now);
    }
  sweep_later();
}

} // namespace cxstream::transport
