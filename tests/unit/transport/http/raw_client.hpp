// A client that sends bytes as the test wrote them, and reads answers. Blocking; every wait is bounded by patience.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::transport::test {

struct raw_answer {
  int status = 0;
  std::string head; // with the status line, lower case
  std::string body;

  // Value of a header, lower-case name.
  std::string header(std::string_view name) const;
};

class raw_client {
public:
  explicit raw_client(int port);
  ~raw_client();
  raw_client(raw_client&& other) noexcept;
  raw_client(const raw_client&) = delete;

  bool connected() const {
    return fd_ >= 0;
  }
  // False when the server has closed.
  bool send(std::string_view bytes);
  void half_close();
  // The next answer, also 100; none when the connection ends or patience does before it is whole.
  std::optional<raw_answer> receive();
  // True once the server has closed and nothing is left to read.
  bool ended();
  int fd() const {
    return fd_;
  }

private:
  bool more();

  int fd_ = -1;
  std::string received_;
};

// "POST /path HTTP/1.1" with Host, Content-Length and `headers` (each with its \r\n).
std::string post(std::string_view path, std::string_view body, std::string_view headers = {});
raw_answer ask(int port, std::string_view request);

std::string gzip(std::string_view plain);

} // namespace cxstream::transport::test
