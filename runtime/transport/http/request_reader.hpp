// request_reader: one HTTP/1 request out of bytes as they come, by Boost.Beast. Owned by one thread.
//
// Invariants:
//  1. feed() stops behind the head, so that the route's limit holds before the first byte of the body is kept.
//  2. Memory follows what was received, not what was announced.
//  3. After a problem it takes nothing more.
#pragma once

#include "transport/http/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::transport {

class request_reader {
public:
  explicit request_reader(std::size_t head_bytes_max);
  ~request_reader();
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  // Takes what can be taken of `bytes`, which begin with what it left over last time. Returns how many were taken.
  std::size_t feed(std::string_view bytes);
  // The client sends no more. Ends a request that lacks something as a problem.
  void end();

  bool head_done() const;
  bool done() const;
  // What is wrong with the request; the connection can't be used any further.
  const std::optional<http_response>& problem() const {
    return problem_;
  }

  // All below once head_done().
  std::string_view method() const;
  std::string_view target() const;
  std::string_view header(std::string_view name) const; // lower-case name
  bool keep_alive() const;
  // True when the client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;
  bool has_body() const;
  // From here on more than that is a problem, 413.
  void limit_body(std::size_t bytes_max);
  // The body's length, where the head says it.
  std::optional<std::uint64_t> announced_body() const;
  // Bytes of the body so far that were not taken.
  std::size_t body_size() const;

  // Headers in lower case, moved out: header() finds none afterwards.
  std::vector<ports::header> take_headers();
  // What came of the body and was not taken: all of it once done().
  std::string take_body();

private:
  struct parser;
  void read_head();
  void refuse(int status, std::string_view code, std::string message);

  std::unique_ptr<parser> parser_;
  std::vector<ports::header> headers_; // as they were in the head: trailers are not believed
  std::optional<http_response> problem_;
  std::size_t head_bytes_max_;
  std::size_t body_bytes_max_ = 0;
  bool head_read_ = false;
};

} // namespace cxstream::transport
