#include "transport/http/http_server.hpp"

#include "transport/http/http_connection.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

namespace cxstream::transport {
namespace {

using base::error_code;
using boost::asio::ip::tcp;

// Connections beyond the most that are told so; still more are cut without a word.
constexpr std::size_t turned_away_max = 256;
constexpr std::chrono::milliseconds accept_pause{100};

base::result<tcp::acceptor> listen_on(const std::string& address, boost::asio::io_context& io) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos)
    return base::error{error_code::invalid_argument, "http: '" + address + "' is no address: write host:port"};
  auto host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, address.substr(colon + 1), tcp::resolver::passive, error);
  if (error || found.empty())
    return base::error{error_code::invalid_argument, "http: '" + address + "' is no address: " + error.message()};
  const tcp::endpoint endpoint = found.begin()->endpoint();
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error)
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error)
    acceptor.bind(endpoint, error);
  if (!error)
    acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error)
    return base::error{error_code::io, "http: cannot listen on '" + address + "': " + error.message()};
  return acceptor;
}

} // namespace

struct http_server::parts {
  std::shared_ptr<http_core> core;
  std::vector<std::shared_ptr<http_lane>> lanes; // the acceptor lives on the first
  std::unique_ptr<tcp::acceptor> acceptor;
  std::unique_ptr<boost::asio::steady_timer> pause; // after an accept that failed
  std::size_t next = 0;
  int port = 0;
  bool closed = false;

  void accept();
  void admit(tcp::socket socket, std::shared_ptr<http_lane> lane);
  void stop_accepting();
};

void http_server::parts::accept() {
  auto lane = lanes[next++ % lanes.size()];
  acceptor->async_accept(lane->io(), [this, lane](const boost::system::error_code& error, tcp::socket socket) mutable {
    if (error == boost::asio::error::operation_aborted || !acceptor->is_open())
      return;
    if (!error) {
      admit(std::move(socket), std::move(lane));
      return accept();
    }
    core->log.warn_sparsely("http accept", std::chrono::seconds{10},
                            "cannot take an HTTP connection; when files run out, raise the limit of open files",
                            {{"error", error.message()}});
    pause->expires_after(accept_pause);
    pause->async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled)
        accept();
    });
  });
}

void http_server::parts::admit(tcp::socket socket, std::shared_ptr<http_lane> lane) {
  const std::size_t before = core->connections++;
  const std::size_t most = core->options.limits.connections_max;
  if (before >= most + turned_away_max) {
    core->one_left();
    return;
  }
  const bool welcome = before < most;
  auto connection = std::make_shared<http_connection>(lane, std::move(socket));
  boost::asio::post(lane->io(), [to = lane.get(), connection = std::move(connection), welcome] {
    to->add(connection);
    if (welcome)
      connection->start();
    else
      connection->turn_away();
  });
}

void http_server::parts::stop_accepting() {
  std::promise<void> stopped;
  boost::asio::post(lanes.front()->io(), [&] {
    boost::system::error_code error;
    acceptor->close(error);
    pause->cancel();
    stopped.set_value();
  });
  stopped.get_future().wait();
}

http_server::http_server(std::unique_ptr<parts> p) : parts_(std::move(p)) {
}

http_server::~http_server() {
  close(std::chrono::milliseconds{0});
}

base::result<std::unique_ptr<http_server>> http_server::start(const http_options& options,
                                                              std::vector<http_route> routes, ports::log& log) {
  auto made = std::make_unique<parts>();
  made->core = std::make_shared<http_core>(options, std::move(routes), log);
  if (options.tls) {
    auto tls = tls_context::load(*options.tls);
    if (!tls)
      return tls.err();
    made->core->tls = std::move(*tls);
  }
  for (unsigned i = 0; i < std::max(1u, options.threads); ++i)
    made->lanes.push_back(std::make_shared<http_lane>(made->core));
  auto& first = made->lanes.front()->io();
  auto acceptor = listen_on(options.listen, first);
  if (!acceptor)
    return acceptor.err();
  boost::system::error_code error;
  made->port = acceptor->local_endpoint(error).port();
  made->acceptor = std::make_unique<tcp::acceptor>(std::move(*acceptor));
  made->pause = std::make_unique<boost::asio::steady_timer>(first);
  made->accept();
  for (const auto& lane : made->lanes)
    lane->start();
  return std::unique_ptr<http_server>(new http_server(std::move(made)));
}

int http_server::port() const {
  return parts_->port;
}

std::size_t http_server::connections() const {
  return parts_->core->connections;
}

base::result<void> http_server::reload_tls(const tls_files& files) {
  if (!parts_->core->tls)
    return base::error{error_code::failed_precondition, "http: the server listens without TLS: restart it with TLS"};
  return parts_->core->tls->reload(files);
}

void http_server::close(std::chrono::milliseconds at_most) {
  if (std::exchange(parts_->closed, true))
    return;
  parts_->stop_accepting();
  parts_->core->draining = true;
  for (const auto& lane : parts_->lanes)
    lane->drain();
  const auto until = std::chrono::steady_clock::now() + at_most;
  parts_->core->wait_for_none(until);
  for (const auto& lane : parts_->lanes)
    lane->close_all();
  for (const auto& lane : parts_->lanes)
    lane->join();
}

} // namespace cxstream::transport
