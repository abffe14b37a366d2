// What a handler of HTTP requests is given and gives back. A handler is called on the thread that owns the connection;
// the next request of that connection comes only after this one is answered.
//
// Invariants:
//  1. The first answer() of an exchange counts; later ones, and those to a client that is gone, are dropped.
//  2. An exchange that is dropped unanswered is answered 500 by the server.
//  3. A connection's guest is let go when the connection idles for a while or ends, on the connection's thread.
#pragma once

#include "transport/http/http_message.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace cxstream::transport {

// Something that a handler keeps with a connection from request to request.
class connection_guest {
public:
  virtual ~connection_guest() = default;
};

class http_exchange {
public:
  virtual ~http_exchange() = default;
  // From any thread; returns at once.
  virtual void answer(http_response response) = 0;
  // The connection's guest, or none. Only while handle() runs.
  virtual std::shared_ptr<connection_guest> guest() = 0;
  virtual void keep(std::shared_ptr<connection_guest> guest) = 0;
};

class http_handler {
public:
  virtual ~http_handler() = default;
  // Called from several threads at once; must not block. What it throws is answered 500.
  virtual void handle(http_request request, std::shared_ptr<http_exchange> exchange) = 0;
};

// Takes the body of one request piece by piece, so that it may be of any size. Used on the connection's thread. Let go
// before finish(): the client is gone, or was refused.
class body_taker {
public:
  // Nothing: it was taken, the next may come. From any thread, exactly once.
  using taken = std::function<void(std::optional<http_response> refusal)>;

  virtual ~body_taker() = default;
  // The next piece, once the one before was taken; returns at once.
  virtual void take(std::string piece, taken done) = 0;
  // The whole body came; returns at once.
  virtual void finish(std::shared_ptr<http_exchange> exchange) = 0;
};

// A handler of requests whose bodies are not kept in memory. Content-Encoding is its own affair.
class body_handler {
public:
  virtual ~body_handler() = default;
  // The head of a request, before its body is asked for. Called from several threads at once; must not block.
  virtual std::variant<std::shared_ptr<body_taker>, http_response> begin(http_request head) = 0;
};

} // namespace cxstream::transport
