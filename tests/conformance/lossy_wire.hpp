// A wire to a server on this machine that can lose what the server answers to a request with a certain word in it
// (COMMIT, INSERT): the server has done it, and the connection ends without a word. Thread-safe. Whoever connects is
// connected on to the server; where that is away, the connection ends at once.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace cxstream::conformance {

class lossy_wire {
public:
  lossy_wire(std::uint16_t server_port, std::string word);
  ~lossy_wire();
  lossy_wire(const lossy_wire&) = delete;
  lossy_wire& operator=(const lossy_wire&) = delete;

  std::uint16_t port() const {
    return acceptor_.local_endpoint().port();
  }
  // From now on, or no more.
  void begin_losing() {
    losing_ = true;
  }
  void end_losing() {
    losing_ = false;
  }
  // Answers that were lost.
  int lost() const {
    return lost_;
  }

private:
  using socket = boost::asio::ip::tcp::socket;
  struct line {
    explicit line(boost::asio::io_context& io) : client(io), server(io) {
    }
    void cut();

    socket client;
    socket server;
    std::atomic<bool> loses = false; // what the server says next is lost
    std::thread up;
    std::thread down;
  };

  void accept();
  void carry_up(line& l);
  void carry_down(line& l);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::endpoint server_;
  const std::string word_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> losing_ = false;
  std::atomic<int> lost_ = 0;
  std::atomic<bool> over_ = false;
  std::list<line> lines_;
  std::thread accepting_;
};

} // namespace cxstream::conformance
