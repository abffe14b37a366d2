#include "receiver.hpp"

#include "receiver_desk.hpp"

#include <CivetServer.h>
#include <csignal>
#include <cstdio>
#include <thread>

namespace cxstream::cli {

namespace {

constexpr std::size_t body_bytes_max = 64u << 20u;

std::int64_t now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string header(mg_connection* connection, const char* name) {
  const char* value = mg_get_header(connection, name);
  return value != nullptr ? value : "";
}

void answer(mg_connection* connection, const receiver_answer& a, const char* type) {
  mg_printf(connection, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n", a.status,
            mg_get_response_code_text(connection, a.status), type, a.body.size(),
            a.retry_after ? "Retry-After: 1\r\n" : "");
  mg_write(connection, a.body.data(), a.body.size());
}

class deliveries final : public CivetHandler {
public:
  deliveries(receiver_desk& desk, std::chrono::milliseconds slow) : desk_(desk), slow_(slow) {
  }

  bool handlePost(CivetServer*, mg_connection* connection) override {
    std::string body;
    char block[16'384];
    for (int got = 0; (got = mg_read(connection, block, sizeof block)) > 0;) {
      if (body.size() + static_cast<std::size_t>(got) > body_bytes_max) {
        answer(connection, {413, "too large"}, "text/plain");
        return true;
      }
      body.append(block, static_cast<std::size_t>(got));
    }
    if (desk_.draws_slow())
      std::this_thread::sleep_for(slow_);
    const connectors::signed_headers headers{header(connection, "webhook-id"), header(connection, "webhook-timestamp"),
                                             header(connection, "webhook-signature")};
    answer(connection, desk_.take(headers, body, now_us()), "text/plain");
    return true;
  }

private:
  receiver_desk& desk_;
  std::chrono::milliseconds slow_;
};

class statistics final : public CivetHandler {
public:
  explicit statistics(receiver_desk& desk) : desk_(desk) {
  }

  bool handleGet(CivetServer*, mg_connection* connection) override {
    answer(connection, {200, desk_.stats()}, "application/json");
    return true;
  }

private:
  receiver_desk& desk_;
};

int complain(const std::string& what) {
  std::fprintf(stderr, "receiver: %s\n", what.c_str());
  return 1;
}

} // namespace

int run_receiver(const receiver_options& options) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr); // before the server's threads, which inherit it

  std::optional<connectors::signer> signature;
  if (!options.secret.empty()) {
    auto made = connectors::signer::of(options.secret);
    if (!made)
      return complain(made.err().message);
    signature = std::move(*made);
  }
  receiver_desk desk(options, std::move(signature));
  if (!desk.log_is_good())
    return complain("cannot write " + options.log_file);
  deliveries take(desk, options.slow);
  statistics count(desk);
  try {
    CivetServer server({"listening_ports", "127.0.0.1:" + std::to_string(options.port), "num_threads", "32",
                        "enable_keep_alive", "yes", "keep_alive_timeout_ms", "1000", "tcp_nodelay", "1"});
    server.addHandler("/stats", count);
    server.addHandler("/", take);
    std::printf("listening on 127.0.0.1:%d\n", server.getListeningPorts().at(0));
    std::fflush(stdout);
    int signal = 0;
    sigwait(&stop, &signal);
  } catch (const CivetException& why) {
    return complain("cannot listen on port " + std::to_string(options.port) + ": " + why.what());
  }
  if (!desk.log_is_good())
    return complain("could not write all of " + options.log_file);
  return 0;
}

} // namespace cxstream::cli
