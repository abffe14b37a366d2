#include "support/http/stand_in_connection.hpp"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

namespace cxstream::support {

namespace http = boost::beast::http;

namespace {

constexpr std::uint64_t body_bytes_max = 256u << 20u;
constexpr std::chrono::hours for_ever{1};

std::string head_of(const scripted_reply& reply) {
  auto out = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\n";
  for (const auto& [name, value] : reply.headers)
    out.append(name).append(": ").append(value).append("\r\n");
  if (reply.status != 204 && reply.status != 304)
    out += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  return out + "\r\n";
}

got_request got(const http::request<http::string_body>& message, std::uint64_t connection) {
  got_request out;
  out.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto mark = target.find('?');
  out.path = target.substr(0, mark);
  out.query = mark == target.npos ? std::string() : target.substr(mark + 1);
  for (const auto& field : message)
    out.headers[std::string(field.name_string())] = std::string(field.value());
  out.body = message.body();
  out.connection = connection;
  return out;
}

// The end of the connection comes as a reset: what waits to be sent is dropped.
void reset(asio::ip::tcp::socket& socket, stand_in_script& script) {
  const std::lock_guard lock(script.mutex); // stop() looks at the socket as well
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// False when the connection is over.
template <class Stream>
bool send(Stream& stream, asio::ip::tcp::socket& socket, stand_in_script& script, const scripted_reply& reply,
          bool head_only) {
  script.wait(reply.delay);
  if (reply.ending == reply_ending::never)
    script.wait(for_ever);
  if (reply.ending == reply_ending::never || script.is_stopping())
    return false;
  if (reply.ending == reply_ending::reset) {
    reset(socket, script);
    return false;
  }
  const std::string body = head_only ? std::string() : reply.body;
  const bool cut = reply.ending == reply_ending::half_body || reply.ending == reply_ending::reset_in_body;
  boost::system::error_code failure;
  const auto write = [&](std::string_view bytes) {
    asio::write(stream, asio::buffer(bytes.data(), bytes.size()), failure);
  };
  const bool halves = cut || reply.body_delay.count() > 0;
  write(head_of(reply) + body.substr(0, halves ? body.size() / 2 : body.size()));
  if (!cut && halves && !failure) {
    script.wait(reply.body_delay);
    write(std::string_view(body).substr(body.size() / 2));
  }
  if (reply.ending == reply_ending::reset_in_body) {
    script.wait(std::chrono::milliseconds(20)); // or the reset overtakes the first half
    reset(socket, script);
  }
  return reply.ending == reply_ending::whole && !failure;
}

template <class Stream>
void serve(Stream& stream, asio::ip::tcp::socket& socket, stand_in_script& script, std::uint64_t number) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    boost::system::error_code failure;
    http::request_parser<http::string_body> parser;
    parser.body_limit(body_bytes_max);
    http::read(stream, buffer, parser, failure);
    if (failure)
      return;
    const auto request = got(parser.get(), number);
    if (!send(stream, socket, script, script.reply_to(request), request.method == "HEAD") || !parser.get().keep_alive())
      return;
  }
}

} // namespace

bool less_by_letters::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::lexicographical_compare(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) < std::tolower(y); });
}

scripted_reply stand_in_script::reply_to(const got_request& request) {
  const std::lock_guard lock(mutex);
  requests.push_back(request);
  if (queue.empty())
    return answer(request);
  auto out = std::move(queue.front());
  queue.pop_front();
  return out;
}

void stand_in_script::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, time, [&] { return stopping; });
}

void serve_connection(asio::ip::tcp::socket& socket, ssl::context* tls, stand_in_script& script, std::uint64_t number) {
  boost::system::error_code failure;
  socket.set_option(asio::ip::tcp::no_delay(true), failure);
  if (tls == nullptr) {
    serve(socket, socket, script, number);
  } else {
    ssl::stream<asio::ip::tcp::socket&> stream(socket, *tls);
    stream.handshake(ssl::stream_base::server, failure);
    if (!failure)
      serve(stream, socket, script, number);
  }
  // Not closed here: stop() may be about to shut it down. The peer sees the end all the same.
  if (socket.is_open())
    ::shutdown(socket.native_handle(), SHUT_RDWR);
}

} // namespace cxstream::support
