#include "unit/transport/http/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace cxstream::transport::test {

std::string raw_answer::header(std::string_view name) const {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string::npos)
    return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

raw_client::raw_client(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

raw_client::~raw_client() {
  if (fd_ >= 0)
    ::close(fd_);
}

raw_client::raw_client(raw_client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {
}

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void raw_client::half_close() {
  ::shutdown(fd_, SHUT_WR);
}

bool raw_client::more() {
  std::array<char, 16'384> piece;
  const auto n = ::recv(fd_, piece.data(), piece.size(), 0);
  if (n <= 0)
    return false;
  received_.append(piece.data(), static_cast<std::size_t>(n));
  return true;
}

std::optional<raw_answer> raw_client::receive() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!more())
      return std::nullopt;
  raw_answer answer;
  answer.head = received_.substr(0, end + 2);
  std::transform(answer.head.begin(), answer.head.end(), answer.head.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  received_.erase(0, end + 4);
  answer.status = std::atoi(answer.head.substr(9, 3).c_str());
  const auto length = static_cast<std::size_t>(std::atol(answer.header("content-length").c_str()));
  while (received_.size() < length)
    if (!more())
      return std::nullopt;
  answer.body = received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

bool raw_client::ended() {
  while (more())
    received_.clear();
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_DONTWAIT) == 0;
}

std::string post(std::string_view path, std::string_view body, std::string_view headers) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

raw_answer ask(int port, std::string_view request) {
  raw_client client(port);
  client.send(request);
  return client.receive().value_or(raw_answer{});
}

std::string gzip(std::string_view plain) {
  z_stream state{};
  deflateInit2(&state, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&state, plain.size()) + 32, '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  state.avail_in = static_cast<uInt>(plain.size());
  state.next_out = reinterpret_cast<Bytef*>(packed.data());
  state.avail_out = static_cast<uInt>(packed.size());
  deflate(&state, Z_FINISH);
  packed.resize(state.total_out);
  deflateEnd(&state);
  return packed;
}

} // namespace cxstream::transport::test
