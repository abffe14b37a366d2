#include "support/http/http_stand_in.hpp"

#include "support/http/stand_in_connection.hpp"

#include <algorithm>
#include <list>
#include <stdexcept>
#include <thread>

namespace cxstream::support {

struct http_stand_in::server {
  asio::io_context io;
  std::unique_ptr<ssl::context> tls;
  std::uint16_t port = 0;
  stand_in_script script;
  std::unique_ptr<asio::ip::tcp::acceptor> acceptor;
  std::list<open_connection> connections; // of the accepting thread, and of stop() when that has ended
  std::thread accepting;

  void listen() {
    const asio::ip::tcp::endpoint here(asio::ip::make_address("127.0.0.1"), port);
    acceptor = std::make_unique<asio::ip::tcp::acceptor>(io, here); // with SO_REUSEADDR
    port = acceptor->local_endpoint().port();
    accepting = std::thread([this] { accept(); });
  }
  void accept() {
    for (std::uint64_t number = 1;; ++number) {
      boost::system::error_code failure;
      auto socket = std::make_shared<asio::ip::tcp::socket>(io);
      acceptor->accept(*socket, failure);
      if (failure || script.is_stopping())
        return;
      auto& made = connections.emplace_back();
      made.socket = socket;
      made.thread =
          std::thread([this, socket, id = script.connected()] { serve_connection(*socket, tls.get(), script, id); });
    }
  }
  void stop() {
    if (!accepting.joinable())
      return;
    script.stop();
    asio::ip::tcp::socket knock(io); // accept() wakes by a connection
    boost::system::error_code ignored;
    knock.connect(acceptor->local_endpoint(), ignored);
    accepting.join();
    acceptor.reset();
    {
      const std::lock_guard lock(script.mutex);
      for (auto& each : connections)
        if (each.socket->is_open())
          ::shutdown(each.socket->native_handle(), SHUT_RDWR);
    }
    for (auto& each : connections)
      each.thread.join();
    connections.clear();
  }
};

http_stand_in::http_stand_in(answer_function answer) : server_(std::make_unique<server>()) {
  server_->script.answer = std::move(answer);
  server_->listen();
}

http_stand_in::http_stand_in(answer_function answer, const stand_in_tls& tls) : server_(std::make_unique<server>()) {
  server_->script.answer = std::move(answer);
  server_->tls = std::make_unique<ssl::context>(ssl::context::tls_server);
  server_->tls->use_certificate_chain_file(tls.certificate);
  server_->tls->use_private_key_file(tls.key, ssl::context::pem);
  if (!tls.client_ca.empty()) {
    server_->tls->load_verify_file(tls.client_ca);
    server_->tls->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  server_->listen();
}

http_stand_in::~http_stand_in() {
  server_->stop();
}

std::string http_stand_in::url(std::string_view path) const {
  return (server_->tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server_->port) +
         std::string(path);
}

std::uint16_t http_stand_in::port() const {
  return server_->port;
}

void http_stand_in::next(scripted_reply reply) {
  const std::lock_guard lock(server_->script.mutex);
  server_->script.queue.push_back(std::move(reply));
}

void http_stand_in::answer_with(answer_function answer) {
  const std::lock_guard lock(server_->script.mutex);
  server_->script.answer = std::move(answer);
}

void http_stand_in::meddle_with(meddler between) {
  const std::lock_guard lock(server_->script.mutex);
  server_->script.answer = [between = std::move(between), honest = std::move(server_->script.answer)](
                               const got_request& request) { return between(request, honest); };
}

std::vector<got_request> http_stand_in::requests() const {
  const std::lock_guard lock(server_->script.mutex);
  return server_->script.requests;
}

void http_stand_in::forget_requests() {
  const std::lock_guard lock(server_->script.mutex);
  server_->script.requests.clear();
}

std::uint64_t http_stand_in::connections() const {
  const std::lock_guard lock(server_->script.mutex);
  return server_->script.connections;
}

void http_stand_in::stop() {
  server_->stop();
}

void http_stand_in::start() {
  server_->script.resume();
  server_->listen();
}

} // namespace cxstream::support
