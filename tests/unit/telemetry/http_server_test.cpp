#include "telemetry/http_server.hpp"

#include <civetweb.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace cxstream::telemetry {
namespace {

class recording_log final : public ports::log {
public:
  bool enabled(ports::log_level) const override {
    return true;
  }
  void write(ports::log_level, std::string_view message, fields) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(message);
  }
  void write_sparsely(ports::log_level level, std::string_view, std::chrono::seconds, std::string_view message,
                      fields with) override {
    write(level, message, with);
  }
  std::size_t lines() const {
    const std::lock_guard lock(mutex_);
    return lines_.size();
  }

private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct reply {
  int status = 0;
  std::string content_type;
  std::string body;
};

class HttpServer : public ::testing::Test {
protected:
  HttpServer() {
    auto started = http_server::start({.listen = "127.0.0.1:0"},
                                      {.metrics = [this] { return metrics_text(); },
                                       .ready = [this]() -> base::result<void> {
                                         if (ready)
                                           return {};
                                         return base::error{base::error_code::unavailable, "replaying 3 of 64 logs"};
                                       }},
                                      log);
    EXPECT_TRUE(started);
    server = std::move(*started);
  }
  std::string metrics_text() const {
    if (broken)
      throw std::runtime_error("no metrics");
    return "up 1\n";
  }
  // Sends the bytes; reads the answer to its end.
  reply send(const std::string& request, int patience_ms = 5'000) {
    std::array<char, 256> error{};
    mg_connection* connection = mg_connect_client("127.0.0.1", server->port(), 0, error.data(), error.size());
    EXPECT_NE(connection, nullptr) << error.data();
    reply answer;
    if (!connection)
      return answer;
    mg_write(connection, request.data(), request.size());
    if (mg_get_response(connection, error.data(), error.size(), patience_ms) >= 0) {
      const auto* info = mg_get_response_info(connection);
      answer.status = info->status_code;
      if (const char* type = mg_get_header(connection, "Content-Type"))
        answer.content_type = type;
      if (!request.starts_with("HEAD"))
        for (std::array<char, 4'096> part;;) {
          const int n = mg_read(connection, part.data(), part.size());
          if (n <= 0)
            break;
          answer.body.append(part.data(), static_cast<std::size_t>(n));
        }
    }
    mg_close_connection(connection);
    return answer;
  }
  reply get(const std::string& path) {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  recording_log log;
  std::atomic<bool> ready = true;
  std::atomic<bool> broken = false;
  std::unique_ptr<http_server> server;
};

TEST_F(HttpServer, ServesTheMetricsAsPrometheusWantsThem) {
  const auto answer = get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, "up 1\n");
}

TEST_F(HttpServer, SaysWhetherItLivesAndWhetherItIsReady) {
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  ready = false;
  EXPECT_EQ(get("/livez").status, 200);
  const auto answer = get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "replaying 3 of 64 logs\n");
}

TEST_F(HttpServer, AnswersHeadWithoutABody) {
  EXPECT_EQ(send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
}

TEST_F(HttpServer, AnswersUnknownPathsAndMethodsInJson) {
  for (const char* path : {"/", "/metrics/", "/nothing", "/../../etc/passwd", "/%2e%2e/%00"}) {
    const auto answer = get(path);
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << path << " " << answer.status;
    if (answer.status == 404) {
      EXPECT_EQ(answer.content_type, "application/json");
      EXPECT_EQ(nlohmann::json::parse(answer.body).at("error").at("code"), "not_found");
    }
  }
  const auto answer = send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(nlohmann::json::parse(answer.body).at("error").at("code"), "method_not_allowed");
}

TEST_F(HttpServer, AnswersAnErrorWhenTheMetricsCannotBeMade) {
  broken = true;
  EXPECT_EQ(get("/metrics").status, 500);
  EXPECT_EQ(log.lines(), 1U);
}

TEST_F(HttpServer, SurvivesRequestsThatAreTooLongOrNoRequests) {
  EXPECT_GE(get("/" + std::string(100'000, 'a')).status, 400);
  constexpr int patience_ms = 100; // it may hang up without a word
  send(std::string(1'000, '\0') + "\r\n\r\n", patience_ms);
  send("GET /metrics HTTP/9.9\r\n\r\n", patience_ms);
  EXPECT_EQ(get("/livez").status, 200);
}

TEST_F(HttpServer, RefusesAnAddressThatIsInUse) {
  const std::string listen = "127.0.0.1:" + std::to_string(server->port());
  const auto second = http_server::start(
      {.listen = listen}, {.metrics = [] { return ""; }, .ready = [] { return base::result<void>(); }}, log);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.err().code, base::error_code::io);
  EXPECT_NE(second.err().message.find(listen), std::string::npos);
}

} // namespace
} // namespace cxstream::telemetry
