// An open-loop vendor: posts events to a source at a fixed rate, whatever the node does, and says when the answers
// came. A request's time counts from when it was due, not from when a connection was free for it, so that a node that
// stalls is seen to stall. One thread; Beast.
#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

struct load_options {
  std::string host = "127.0.0.1";
  std::string port = "7403";
  std::string source = "desk";
  std::uint64_t rate = 10'000;
  std::uint64_t seconds = 10;
  std::size_t connections = 128;
  std::size_t idle = 0; // more connections that send one byte and then nothing
  std::size_t tickets = 20'000;
  bool json = false;
};

struct load_result {
  std::uint64_t taken = 0;   // 200
  std::uint64_t refused = 0; // any other answer
  std::uint64_t broken = 0;  // no answer
  std::vector<double> ms;    // of those taken
  double took_s = 0;         // from the first request on, when all connections stand
};

class vendor;

// Sends one request at a time and keeps its connection.
class line : public std::enable_shared_from_this<line> {
public:
  line(asio::io_context& io, vendor& of) : stream_(io), vendor_(of) {
  }
  void connect(const tcp::resolver::results_type& where) {
    asio::connect(stream_.socket(), where);
    stream_.socket().set_option(tcp::no_delay(true));
  }
  void post(std::uint64_t number, steady::time_point due);
  void dribble() {
    boost::system::error_code ignored;
    asio::write(stream_.socket(), asio::buffer("P", 1), ignored);
  }

private:
  void read(steady::time_point due);

  boost::beast::tcp_stream stream_;
  vendor& vendor_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  boost::beast::flat_buffer buffer_;
};

class vendor {
public:
  explicit vendor(const load_options& options) : options_(options), timer_(io_) {
  }

  load_result run() {
    const auto where = tcp::resolver(io_).resolve(options_.host, options_.port);
    for (std::size_t i = 0; i < options_.connections; ++i) {
      free_.push_back(std::make_shared<line>(io_, *this));
      free_.back()->connect(where);
    }
    for (std::size_t i = 0; i < options_.idle; ++i) {
      idle_.push_back(std::make_shared<line>(io_, *this));
      idle_.back()->connect(where);
      idle_.back()->dribble();
    }
    began_ = steady::now();
    tick();
    io_.run();
    result_.took_s = std::chrono::duration<double>(steady::now() - began_).count();
    return std::move(result_);
  }

  std::string body(std::uint64_t number) const {
    static const std::string description(300, 'x');
    char head[256];
    std::snprintf(
        head, sizeof head,
        R"({"id":"%d-%llu","ticket":"T-%llu","at":"2026-01-01T00:%02llu:%02lluZ","status":"open","description":")",
        ::getpid(), static_cast<unsigned long long>(number),
        static_cast<unsigned long long>(number * 7'919 % options_.tickets),
        static_cast<unsigned long long>(number / 60 % 60), static_cast<unsigned long long>(number % 60));
    return head + description + "\"}";
  }
  const load_options& options() const {
    return options_;
  }

  void done(std::shared_ptr<line> of, unsigned status, steady::time_point due) {
    if (status == 200) {
      ++result_.taken;
      result_.ms.push_back(std::chrono::duration<double, std::milli>(steady::now() - due).count());
    } else {
      ++(status == 0 ? result_.broken : result_.refused);
    }
    ++answered_;
    if (status != 0)
      free_.push_back(std::move(of));
    send_due();
  }

private:
  std::uint64_t total() const {
    return options_.rate * options_.seconds;
  }
  steady::time_point due(std::uint64_t number) const {
    return began_ + std::chrono::nanoseconds(number * 1'000'000'000 / options_.rate);
  }
  void send_due() {
    const auto now = steady::now();
    while (sent_ < total() && !free_.empty() && due(sent_) <= now) {
      auto next = std::move(free_.back());
      free_.pop_back();
      next->post(sent_, due(sent_));
      ++sent_;
    }
  }
  void tick() {
    send_due();
    const bool over = answered_ == total() || (free_.empty() && answered_ == sent_);
    if (over || steady::now() > due(total()) + std::chrono::seconds(20)) {
      result_.broken += sent_ - answered_;
      io_.stop();
      return;
    }
    timer_.expires_after(std::chrono::milliseconds(1));
    timer_.async_wait([this](boost::system::error_code) { tick(); });
  }

  const load_options options_;
  asio::io_context io_{1};
  asio::steady_timer timer_;
  std::vector<std::shared_ptr<line>> free_;
  std::vector<std::shared_ptr<line>> idle_;
  steady::time_point began_;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  load_result result_;
};

void line::post(std::uint64_t number, steady::time_point due) {
  request_ = {http::verb::post, "/v1/sources/" + vendor_.options().source, 11};
  request_.set(http::field::host, vendor_.options().host);
  request_.set(http::field::content_type, "application/json");
  request_.body() = vendor_.body(number);
  request_.prepare_payload();
  http::async_write(stream_, request_, [self = shared_from_this(), due](boost::system::error_code ec, std::size_t) {
    if (ec)
      self->vendor_.done(self, 0, due);
    else
      self->read(due);
  });
}

void line::read(steady::time_point due) {
  response_ = {};
  http::async_read(stream_, buffer_, response_,
                   [self = shared_from_this(), due](boost::system::error_code ec, std::size_t) {
                     self->vendor_.done(self, ec ? 0 : self->response_.result_int(), due);
                   });
}

double quantile(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

double own_cpu_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void report(const load_options& options, load_result result) {
  const auto took_s = std::max(result.took_s, static_cast<double>(options.seconds));
  std::sort(result.ms.begin(), result.ms.end());
  const nlohmann::ordered_json out{{"asked_per_second", options.rate},
                                   {"taken_per_second", static_cast<double>(result.taken) / took_s},
                                   {"taken", result.taken},
                                   {"refused", result.refused},
                                   {"unanswered", result.broken},
                                   {"p50_ms", quantile(result.ms, 0.5)},
                                   {"p99_ms", quantile(result.ms, 0.99)},
                                   {"max_ms", quantile(result.ms, 1)},
                                   {"own_cpu_s", own_cpu_s()}};
  if (options.json) {
    std::printf("%s\n", out.dump().c_str());
    return;
  }
  std::printf("  webhooks/s taken durably          %10.0f of %llu asked for\n", out["taken_per_second"].get<double>(),
              static_cast<unsigned long long>(options.rate));
  std::printf("  answered after ms, p50, p99, max  %10.1f %10.1f %10.1f\n", out["p50_ms"].get<double>(),
              out["p99_ms"].get<double>(), out["max_ms"].get<double>());
  std::printf("  refused, unanswered               %10llu %10llu\n", static_cast<unsigned long long>(result.refused),
              static_cast<unsigned long long>(result.broken));
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("An open-loop load of webhooks for one source of a node");
  load_options options;
  app.add_option("--host", options.host)->capture_default_str();
  app.add_option("--port", options.port)->capture_default_str();
  app.add_option("--source", options.source)->capture_default_str();
  app.add_option("--rate", options.rate, "Requests a second")->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  app.add_option("--connections", options.connections, "That send")->capture_default_str();
  app.add_option("--idle", options.idle, "More of them, that send one byte and wait")->capture_default_str();
  app.add_option("--tickets", options.tickets)->capture_default_str();
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  try {
    auto result = vendor(options).run();
    const bool all = result.broken == 0 && result.refused == 0;
    report(options, std::move(result));
    return all ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "webhook_load: %s\n", e.what());
    return 3;
  }
}
