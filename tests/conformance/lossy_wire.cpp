#include "conformance/lossy_wire.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

namespace cxstream::conformance {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using piece = std::array<char, 16'384>;

tcp::endpoint loopback(std::uint16_t port) {
  return {asio::ip::address_v4::loopback(), port};
}

} // namespace

lossy_wire::lossy_wire(std::uint16_t server_port, std::string word)
    : server_(loopback(server_port)), word_(std::move(word)), acceptor_(io_, loopback(0)),
      accepting_([this] { accept(); }) {
}

lossy_wire::~lossy_wire() {
  over_ = true;
  boost::system::error_code ignored;
  tcp::socket knock(io_); // accept() wakes by a connection
  knock.connect(acceptor_.local_endpoint(), ignored);
  accepting_.join();
  for (auto& l : lines_) {
    l.cut();
    l.up.join();
    l.down.join();
  }
}

void lossy_wire::line::cut() {
  boost::system::error_code ignored;
  client.shutdown(socket::shutdown_both, ignored);
  server.shutdown(socket::shutdown_both, ignored);
}

void lossy_wire::accept() {
  for (;;) {
    tcp::socket client(io_);
    tcp::socket server(io_);
    boost::system::error_code failure;
    acceptor_.accept(client, failure);
    if (failure || over_)
      return;
    server.connect(server_, failure);
    if (failure)
      continue; // the client is closed
    auto& l = lines_.emplace_back(io_);
    l.client = std::move(client);
    l.server = std::move(server);
    l.up = std::thread([this, &l] { carry_up(l); });
    l.down = std::thread([this, &l] { carry_down(l); });
  }
}

void lossy_wire::carry_up(line& l) {
  piece bytes;
  boost::system::error_code failure;
  while (const auto n = l.client.read_some(asio::buffer(bytes), failure)) {
    if (losing_ && std::string_view(bytes.data(), n).find(word_) != std::string_view::npos)
      l.loses = true;
    asio::write(l.server, asio::buffer(bytes, n), failure);
    if (failure)
      break;
  }
  l.cut();
}

void lossy_wire::carry_down(line& l) {
  piece bytes;
  boost::system::error_code failure;
  while (const auto n = l.server.read_some(asio::buffer(bytes), failure)) {
    if (l.loses) {
      ++lost_;
      break;
    }
    asio::write(l.client, asio::buffer(bytes, n), failure);
    if (failure)
      break;
  }
  l.cut();
}

} // namespace cxstream::conformance
