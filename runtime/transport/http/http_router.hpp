// http_router: which handler serves a request. Pure; immutable, so thread-safe.
#pragma once

#include "transport/http/http_exchange.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxstream::transport {

struct http_route {
  std::string method;
  std::string path; // "/v1/events", or with one part that may be anything: "/v1/imports/{id}/pause"
  std::shared_ptr<http_handler> handler;
  std::size_t body_bytes_max = 1u << 20u;
  std::shared_ptr<body_handler> bodies = nullptr; // in the handler's place, where bodies are taken as they come
};

class http_router {
public:
  struct found {
    const http_route* route;
    std::string_view captured; // of the path given
  };

  explicit http_router(std::vector<http_route> routes) : routes_(std::move(routes)) {
  }
  // A route, or the answer that there is none: 404 lists what there is, 405 what the path allows.
  std::variant<found, http_response> find(std::string_view method, std::string_view target) const;

private:
  std::vector<http_route> routes_;
};

} // namespace cxstream::transport
