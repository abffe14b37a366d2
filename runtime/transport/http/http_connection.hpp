// http_connection: one client's connection, from its first byte to its last. Lives on its lane's thread.
//
// Invariants:
//  1. One request at a time: the next is read when this one's answer was handed to the kernel; what a pipelining client
//  sends ahead stays in the kernel's buffer, but for one read.
//  2. Every phase has a deadline. An idle connection holds no buffer, no parser and no guest.
//  3. held_ bytes are taken from the server's budget until they are given back or go over to an exchange.
//  4. A body that is taken piece by piece is not read on while a piece is on its way.
//  5. Once refused with a part of its request unread, a connection is half-closed and read on for linger_max: closing
//  at once would take the answer from the client.
#pragma once

#include "transport/http/http_lane.hpp"
#include "transport/http/request_reader.hpp"
#include "transport/http/response_text.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace cxstream::transport {

class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  using tcp = boost::asio::ip::tcp;
  using time_point = std::chrono::steady_clock::time_point;

  http_connection(std::shared_ptr<http_lane> lane, tcp::socket socket);
  ~http_connection();

  void start();
  // Answers 503 and closes: the server has enough connections.
  void turn_away();
  void sweep(time_point now);
  void drain();
  void close();
  // The answer to the request of that number; ignored when the connection is past it.
  void deliver(std::uint64_t request, http_response response);

  const std::shared_ptr<connection_guest>& guest() const {
    return guest_;
  }
  void keep(std::shared_ptr<connection_guest> guest) {
    guest_ = std::move(guest);
  }

  std::size_t place = 0; // the lane's

private:
  enum class phase : std::uint8_t { handshake, idle, head, body, passing, handling, writing, lingering, closed };

  void enter(phase next, std::chrono::milliseconds at_most);
  void wait_to_read();
  void wait_to_write();
  void on_ready();
  void shake_hands();
  void read();
  void discard();
  void write();
  void resume();
  void resume_later();

  io_result read_some();
  io_result write_some(std::string_view bytes);
  // Waits for what the socket wants; false when the connection is over.
  bool wait_for(io_state state);

  void take(std::string_view bytes);
  std::size_t parse(std::string_view bytes);
  void on_head();
  void begin_body();
  bool account();
  void dispatch();
  http_request take_head();
  http_response thrown_by_handler(const std::exception& thrown);
  // Bodies that are taken piece by piece. False: the request is answered.
  bool begin_taking();
  bool is_piece_due() const;
  void pass_piece();
  void passed(std::uint64_t piece, std::optional<http_response> refusal);
  void finish_body();
  void refuse(http_response response);
  void respond(const http_response& response, after_answer then);
  void on_written();
  void overdue(time_point now);
  void cool_down();

  const std::shared_ptr<http_lane> lane_;
  tcp::socket socket_;
  std::unique_ptr<tls_session> tls_;
  std::unique_ptr<request_reader> reader_;
  std::shared_ptr<connection_guest> guest_;
  const http_route* route_ = nullptr; // of the request being read
  std::string captured_;
  std::shared_ptr<body_taker> taker_; // of the body being read; null: it is kept
  std::uint64_t piece_ = 0;           // on its way
  std::string unread_;                // received, not parsed
  std::string out_;
  std::size_t written_ = 0;
  std::uint64_t held_ = 0;
  std::uint64_t request_ = 0;
  time_point since_{}; // of the phase
  time_point deadline_{};
  phase phase_ = phase::idle;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
  bool keep_alive_ = false;
  bool closing_ = false; // when out_ is written
  bool read_all_ = true; // of the request that is answered
  bool cooled_ = false;
};

} // namespace cxstream::transport
