// A real HTTP server on a loopback port that the kernel picks, for the tests of the webhook sink: it records requests
// and answers them as the test says.
#pragma once

#include <CivetServer.h>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace cxstream::connectors_test {

struct http_request {
  std::map<std::string, std::string> headers;
  std::string body;
  long connection = 0; // the same number for requests of one kept-alive connection
};

struct http_reply {
  int status = 200;
  std::string headers; // lines ending in \r\n
  std::string body;
};

class webhook_server : private CivetHandler {
public:
  using decide = std::function<http_reply(const http_request&)>;

  explicit webhook_server(decide reply) : reply_(std::move(reply)) {
    static int count = 0;
    path_ = "/hook" + std::to_string(++count);
    civet().addHandler(path_, *this);
  }
  // Replies in turn; the last one again and again.
  explicit webhook_server(std::deque<http_reply> replies)
      : webhook_server([left = std::move(replies)](const http_request&) mutable {
          auto next = left.front();
          if (left.size() > 1)
            left.pop_front();
          return next;
        }) {
  }
  ~webhook_server() override {
    civet().removeHandler(path_);
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(civet().getListeningPorts().at(0)) + path_;
  }
  std::vector<http_request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

private:
  // One for all tests, because stopping one takes two seconds.
  static CivetServer& civet() {
    static CivetServer server({"listening_ports", "127.0.0.1:0", "num_threads", "8", "enable_keep_alive", "yes",
                               "keep_alive_timeout_ms", "500", "tcp_nodelay", "1"});
    return server;
  }

  bool handlePost(CivetServer*, mg_connection* connection) override {
    http_request request;
    const auto* info = mg_get_request_info(connection);
    for (int i = 0; i < info->num_headers; ++i)
      request.headers[info->http_headers[i].name] = info->http_headers[i].value;
    request.connection = info->remote_port;
    char block[4'096];
    for (int got = 0; (got = mg_read(connection, block, sizeof block)) > 0;)
      request.body.append(block, static_cast<std::size_t>(got));
    http_reply reply;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      reply = reply_(request);
    }
    mg_printf(connection, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n", reply.status, reply.body.size(),
              reply.headers.c_str());
    mg_write(connection, reply.body.data(), reply.body.size());
    return true;
  }

  mutable std::mutex mutex_;
  decide reply_;
  std::vector<http_request> requests_;
  std::string path_;
};

} // namespace cxstream::connectors_test
