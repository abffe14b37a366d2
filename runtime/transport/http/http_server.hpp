// http_server: HTTP/1.1 and TLS on one address: keep-alive, pipelining, chunked and gzip bodies, 100-continue.
//
// One object owns the listening socket and its threads. Life: start → close; the destructor closes at once. The log
// given must outlive it; exchanges may outlive it (their answers go nowhere). reload_tls() and connections() may be
// called from any thread, close() from one.
//
// Bounds against hostile clients: http_limits. Ten thousand idle or dribbling connections hold no buffer, parser or
// guest of their own beyond the bytes they sent.
#pragma once

#include "base/result.hpp"
#include "ports/log.hpp"
#include "transport/http/http_options.hpp"
#include "transport/http/http_router.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace cxstream::transport {

class http_server {
public:
  // Errors: invalid_argument (no such address, TLS files that are wrong), io (cannot listen there).
  static base::result<std::unique_ptr<http_server>> start(const http_options& options, std::vector<http_route> routes,
                                                          ports::log& log);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // The port it listens on.
  int port() const;
  // Connections that are open.
  std::size_t connections() const;
  // New connections use these files. Errors: invalid_argument (nothing changes then), failed_precondition (no TLS).
  base::result<void> reload_tls(const tls_files& files);
  // Accepts no more, answers what has begun to come, and cuts what is left when the time is over. Idempotent.
  void close(std::chrono::milliseconds at_most);

private:
  struct parts;
  explicit http_server(std::unique_ptr<parts> parts);

  std::unique_ptr<parts> parts_;
};

} // namespace cxstream::transport
