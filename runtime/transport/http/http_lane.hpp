// http_lane: one thread of the server and the connections it owns. Each connection lives on one lane, so nothing in it
// is locked; other threads reach it by posting to the lane.
//
// Invariants:
//  1. Connections are added, removed and swept on the lane's thread.
//  2. Idle connections share the lane's one read buffer.
//  3. What is posted holds no connection and no lane: a post that never runs leaks nothing.
#pragma once

#include "ports/log.hpp"
#include "transport/http/http_options.hpp"
#include "transport/http/http_router.hpp"
#include "transport/http/tls_context.hpp"
#include "transport/intake_budget.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cxstream::transport {

class http_connection;

// What all lanes of a server share.
struct http_core {
  http_core(const http_options& o, std::vector<http_route> routes, ports::log& l)
      : options(o), router(std::move(routes)), log(l), budget(o.limits.in_flight_bytes_max) {
  }

  const http_options options;
  const http_router router;
  ports::log& log;
  intake_budget budget;
  std::unique_ptr<tls_context> tls; // none: plain
  std::atomic<std::size_t> connections = 0;
  std::atomic<bool> draining = false;

  // A connection counted in `connections` has ended.
  void one_left();
  void wait_for_none(std::chrono::steady_clock::time_point until);

private:
  std::mutex mutex_;
  std::condition_variable none_;
};

class http_lane : public std::enable_shared_from_this<http_lane> {
public:
  explicit http_lane(std::shared_ptr<http_core> core);
  void start();
  // Lets the thread end once nothing is left to do, and waits for it. Call after close_all().
  void join();

  boost::asio::io_context& io() {
    return io_;
  }
  http_core& core() {
    return *core_;
  }
  std::array<char, 64u << 10u>& scratch() {
    return scratch_;
  }
  // Now, as RFC 9110 writes it.
  const std::string& date();

  void add(std::shared_ptr<http_connection> connection);
  void remove(http_connection& connection);
  // From any thread: closes what is idle; the rest closes when it has answered.
  void drain();
  void close_all();

private:
  void run();
  void sweep_later();
  void sweep();

  const std::shared_ptr<http_core> core_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds sweep_every_;
  std::vector<std::shared_ptr<http_connection>> connections_; // each knows its place
  std::array<char, 64u << 10u> scratch_;
  std::chrono::sys_seconds date_of_{};
  std::string date_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace cxstream::transport
