// A target's HTTP API in a test: a real server on a loopback port that the kernel picks, which answers what the test
// says, as badly as it says, and remembers what it got. Thread-safe.
//
//   http_stand_in server([&](const got_request& r) { return r.path == "/token" ? said(200, R"({"access_token":"a"})")
//                                                                            : said(201); });
//   server.next(said(429).with("Retry-After", "2"));    // comes before the function is asked again
//   server.next({.status = 200, .body = "{...}", .ending = reply_ending::reset_in_body});
//   settings.url = server.url("/hook");                 // the sink needs allow_private: loopback
//   ... server.requests() ...
//
// A stand-in for a vendor is a class that owns one and gives it a function that keeps the vendor's state; the function
// is called for one request at a time. `answer_delay` and `never` end when the server stops, so a test does not wait
// for them. With `tls`, it asks for a client's certificate when `client_ca` is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxstream::support {

struct less_by_letters {
  bool operator()(std::string_view a, std::string_view b) const; // "A" is "a"
};

struct got_request {
  std::string method;
  std::string path;
  std::string query; // behind the "?"
  std::map<std::string, std::string, less_by_letters> headers;
  std::string body;
  std::uint64_t connection = 0; // the same number for requests of one kept-alive connection

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

enum class reply_ending : std::uint8_t {
  whole,
  close,         // whole, then the connection is closed although it said it would not be
  half_body,     // the head and half of the body, then the end of the connection
  reset_in_body, // the same, then a reset
  reset,         // a reset instead of an answer
  never,         // no answer, until the caller gives up
};

struct scripted_reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds delay{0};      // before the answer
  std::chrono::milliseconds body_delay{0}; // between the two halves of the body
  reply_ending ending = reply_ending::whole;

  scripted_reply with(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
};

// An answer that ends well.
inline scripted_reply said(int status, std::string body = {}) {
  scripted_reply out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

struct stand_in_tls {
  std::string certificate; // PEM files
  std::string key;
  std::string client_ca;
};

class http_stand_in {
public:
  using answer_function = std::function<scripted_reply(const got_request&)>;

  explicit http_stand_in(answer_function answer = [](const got_request&) { return said(200); });
  http_stand_in(answer_function answer, const stand_in_tls& tls);
  ~http_stand_in();
  http_stand_in(const http_stand_in&) = delete;
  http_stand_in& operator=(const http_stand_in&) = delete;

  // "http://127.0.0.1:PORT/path", or https.
  std::string url(std::string_view path = "/") const;
  std::uint16_t port() const;
  // Answers to the next requests, in turn; then the function is asked again.
  void next(scripted_reply reply);
  // From now on.
  void answer_with(answer_function answer);
  // From now on the answers are the meddler's, who may ask for the honest one.
  using meddler = std::function<scripted_reply(const got_request&, const answer_function& honest)>;
  void meddle_with(meddler between);
  std::vector<got_request> requests() const;
  void forget_requests();
  // How many connections were made (TLS handshakes that failed are among them).
  std::uint64_t connections() const;
  // Ends all connections and listens no more; start() listens on the same port again.
  void stop();
  void start();

private:
  struct server;
  std::unique_ptr<server> server_;
};

} // namespace cxstream::support
