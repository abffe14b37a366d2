// One connection of an http_stand_in, and what all of them share. One thread a connection.
#pragma once

#include "support/http/http_stand_in.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace cxstream::support {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

struct open_connection {
  std::shared_ptr<asio::ip::tcp::socket> socket;
  std::thread thread;
};

struct stand_in_script {
  mutable std::mutex mutex;
  std::condition_variable stopped;
  bool stopping = false;
  std::deque<scripted_reply> queue;
  http_stand_in::answer_function answer;
  std::vector<got_request> requests;
  std::uint64_t connections = 0;

  std::uint64_t connected() {
    const std::lock_guard lock(mutex);
    return ++connections;
  }
  bool is_stopping() const {
    const std::lock_guard lock(mutex);
    return stopping;
  }
  void stop() {
    const std::lock_guard lock(mutex);
    stopping = true;
    stopped.notify_all();
  }
  void resume() {
    const std::lock_guard lock(mutex);
    stopping = false;
  }
  // Notes the request and decides on its answer.
  scripted_reply reply_to(const got_request& request);
  // Waits so long, or until stop().
  void wait(std::chrono::milliseconds time);
};

// Serves until the connection ends. `tls` may be null.
void serve_connection(asio::ip::tcp::socket& socket, ssl::context* tls, stand_in_script& script, std::uint64_t number);

} // namespace cxstream::support
