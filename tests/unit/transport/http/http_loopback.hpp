// An HTTP server on a port of its own, its handlers, and what the node behind it would do. The fakes are turned by the
// test's thread and called by the server's.
#pragma once

#include "ports/services.hpp"
#include "transport/http/http_server.hpp"
#include "transport/http/source_endpoint.hpp"
#include "unit/transport/http/raw_client.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cxstream::transport::test {

// Answers with what it was asked: method, captured and target in headers, the body as the body.
class echo_handler final : public http_handler {
public:
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override;
};

// Keeps exchanges until the test answers them.
class holding_handler final : public http_handler {
public:
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override;
  // The next one; null when patience ends before one came.
  std::shared_ptr<http_exchange> next();

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<http_exchange>> held_;
};

// The node's side of ingest: notes batches and letters, and decides at once, or fails when told.
class deciding_gate final : public ports::ingest_gate {
public:
  std::shared_ptr<ports::ingest_session> open(std::shared_ptr<ports::ingest_listener> listener,
                                              ports::ingest_client) override;
  std::uint32_t credit_events() const override {
    return 1'000;
  }

  // What becomes of an event; ACCEPTED unless set. Set before the server starts.
  std::function<v1::EventResult(const v1::CanonicalEvent&)> decide;
  bool refuse = false; // opens no session

  void fail_next(base::error why);
  // The next batch is never answered: its session's listener is dropped with the session.
  void ignore_next();
  std::vector<v1::CanonicalEvent> events() const;
  std::vector<v1::DeadLetter> letters() const;
  std::size_t sessions_opened() const;
  std::size_t sessions_open() const;
  bool wait_for_sessions_open(std::size_t n);

private:
  class session;
  void take(ports::ingest_listener& listener, const v1::RawPublishRequest& batch,
            const std::vector<v1::DeadLetter>& refused);
  void closed();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::CanonicalEvent> events_;
  std::vector<v1::DeadLetter> letters_;
  std::optional<base::error> failure_;
  bool ignore_ = false;
  std::size_t opened_ = 0;
  std::size_t open_ = 0;
};

// Reads what a function makes of a payload.
class scripted_reader final : public ports::payload_reader {
public:
  using script = std::function<ports::read_payload(const ports::payload&)>;
  explicit scripted_reader(script s) : script_(std::move(s)) {
  }
  ports::read_payload read(const ports::payload& from, base::timestamp) const override {
    return script_(from);
  }
  ports::read_payload read_verified(const ports::payload& from, base::timestamp) const override {
    return script_(from);
  }
  bool hides(std::string_view header_name) const override {
    return header_name == "x-shared";
  }

private:
  const script script_;
};

class noted_meter final : public ports::source_meter {
public:
  void request(std::string_view source, ports::source_outcome outcome, std::uint64_t body_bytes) override;
  void refused(std::string_view source, v1::RejectReason reason) override;
  void dropped(std::string_view source, std::uint64_t records) override;
  void decided(std::string_view source, std::uint64_t accepted, std::uint64_t duplicates, base::timestamp at) override;

  // "zendesk taken" → 2.
  std::uint64_t count(const std::string& what) const;
  base::timestamp last(const std::string& source) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> counts_;
  std::map<std::string, base::timestamp> last_;
};

class HttpLoopback : public ::testing::Test {
protected:
  HttpLoopback();
  // Serves POST /echo, POST and GET /things/{name} (echo), POST /hold, POST /throw, POST /drop, and what was added to
  // `routes`.
  void start();
  // Answers counted by status of `request` sent on connections of their own.
  raw_answer asked(std::string_view request) {
    return ask(server->port(), request);
  }

  http_options options;
  std::vector<http_route> routes;
  std::shared_ptr<holding_handler> held = std::make_shared<holding_handler>();
  ports::no_log log;
  std::unique_ptr<http_server> server;
};

} // namespace cxstream::transport::test
