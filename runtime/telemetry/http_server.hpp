// http_server: what machines ask a node over HTTP: /metrics, /livez (and /healthz, its older name), /readyz.
//
// One object owns the listening socket and a few threads; they call the functions given, which must be thread-safe and
// outlive it. GET and HEAD only; anything else is answered 405, any other path 404, both as JSON. Request heads are
// bounded in size and time, bodies are never read.
#pragma once

#include "base/result.hpp"
#include "ports/log.hpp"

#include <functional>
#include <memory>
#include <string>

class CivetServer;

namespace cxstream::telemetry {

struct http_options {
  std::string listen = "127.0.0.1:7401"; // port 0: the kernel picks one
};

struct http_sources {
  std::function<std::string()> metrics;      // Prometheus' text format
  std::function<base::result<void>()> ready; // the error's message is the 503's text
};

class http_server {
public:
  // Errors: io (cannot listen there).
  static base::result<std::unique_ptr<http_server>> start(const http_options& options, http_sources sources,
                                                          ports::log& log);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // The port it listens on.
  int port() const {
    return port_;
  }

private:
  class front;
  http_server();

  std::string host_;             // where it can be reached from this machine
  std::unique_ptr<front> front_; // outlives the threads of server_
  std::unique_ptr<CivetServer> server_;
  int port_ = 0;
};

} // namespace cxstream::telemetry
