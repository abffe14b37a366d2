#include "telemetry/http_server.hpp"

#include <CivetServer.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cxstream::telemetry {
namespace {

constexpr std::string_view text_plain = "text/plain; charset=utf-8";
constexpr std::string_view prometheus_text = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view json = "application/json";

struct answer {
  int status;
  std::string_view content_type;
  std::string body;
};

std::string error_json(std::string_view code, const std::string& message) {
  const nlohmann::ordered_json body{{"error", {{"code", code}, {"message", message}}}};
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// Where a listener at this address can be reached from its own machine.
std::string host_of(std::string_view listen) {
  const std::string_view host = listen.substr(0, listen.rfind(':'));
  return host.empty() || host == "0.0.0.0" || host == listen ? "127.0.0.1" : std::string(host);
}

void send(mg_connection* connection, const answer& what, bool with_body, const char* allow = nullptr) {
  mg_response_header_start(connection, what.status);
  mg_response_header_add(connection, "Content-Type", what.content_type.data(),
                         static_cast<int>(what.content_type.size()));
  mg_response_header_add(connection, "Content-Length", std::to_string(what.body.size()).c_str(), -1);
  mg_response_header_add(connection, "Cache-Control", "no-store", -1);
  mg_response_header_add(connection, "X-Content-Type-Options", "nosniff", -1);
  if (allow)
    mg_response_header_add(connection, "Allow", allow, -1);
  mg_response_header_send(connection);
  if (with_body)
    mg_write(connection, what.body.data(), what.body.size());
}

} // namespace

// Every request comes here.
class http_server::front final : public CivetHandler {
public:
  front(http_sources sources, ports::log& log) : log_(log), sources_(std::move(sources)) {
  }

  bool handleGet(CivetServer*, mg_connection* connection) override {
    return respond(connection, true);
  }
  bool handleHead(CivetServer*, mg_connection* connection) override {
    return respond(connection, false);
  }
  bool handlePost(CivetServer*, mg_connection* connection) override {
    return refuse(connection);
  }
  bool handlePut(CivetServer*, mg_connection* connection) override {
    return refuse(connection);
  }
  bool handleDelete(CivetServer*, mg_connection* connection) override {
    return refuse(connection);
  }
  bool handleOptions(CivetServer*, mg_connection* connection) override {
    return refuse(connection);
  }
  bool handlePatch(CivetServer*, mg_connection* connection) override {
    return refuse(connection);
  }

  // Called by CivetWeb for what goes wrong in its own threads.
  static int log_message(const mg_connection* connection, const char* message) {
    const auto* server = static_cast<const CivetServer*>(mg_get_user_data(mg_get_context(connection)));
    const auto* self = static_cast<const front*>(server->getUserContext());
    self->log_.warn_sparsely("http_server", std::chrono::seconds(10), "the HTTP server has a problem",
                             {{"error", message}});
    return 1;
  }

private:
  bool respond(mg_connection* connection, bool with_body) {
    send(connection, answer_to(mg_get_request_info(connection)->local_uri), with_body);
    return true;
  }
  bool refuse(mg_connection* connection) {
    send(connection, {405, json, error_json("method_not_allowed", "only GET and HEAD are answered here")}, true,
         "GET, HEAD");
    return true;
  }
  answer answer_to(std::string_view path) {
    try {
      if (path == "/metrics")
        return {200, prometheus_text, sources_.metrics()};
      if (path == "/livez" || path == "/healthz")
        return {200, text_plain, "ok\n"};
      if (path == "/readyz") {
        const auto ready = sources_.ready();
        return ready ? answer{200, text_plain, "ok\n"} : answer{503, text_plain, ready.err().message + "\n"};
      }
    } catch (const std::exception& thrown) {
      log_.error("answering an HTTP request failed", {{"path", path}, {"error", thrown.what()}});
      return {500, json, error_json("internal", "the answer could not be made; see the node's log")};
    }
    return {404, json, error_json("not_found", "nothing is here; there are /metrics, /livez and /readyz")};
  }

  ports::log& log_;
  const http_sources sources_;
};

http_server::http_server() = default;

// CivetWeb's acceptor looks only every two seconds whether it shall stop, but after every connection: so it gets some.
http_server::~http_server() {
  if (!server_)
    return;
  const std::jthread waker([this](const std::stop_token& stopped) {
    while (!stopped.stop_requested()) {
      std::array<char, 128> error{};
      if (mg_connection* connection = mg_connect_client(host_.c_str(), port_, 0, error.data(), error.size()))
        mg_close_connection(connection);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  server_->close();
}

base::result<std::unique_ptr<http_server>> http_server::start(const http_options& options, http_sources sources,
                                                              ports::log& log) {
  std::unique_ptr<http_server> self(new http_server);
  self->host_ = host_of(options.listen);
  self->front_ = std::make_unique<front>(std::move(sources), log);
  const std::vector<std::string> settings{"listening_ports",    options.listen, //
                                          "num_threads",        "4",            //
                                          "connection_queue",   "16",           //
                                          "listen_backlog",     "64",           //
                                          "request_timeout_ms", "5000",         //
                                          "max_request_size",   "8192",         //
                                          "enable_keep_alive",  "no"};
  CivetCallbacks callbacks;
  callbacks.log_message = &front::log_message;
  try {
    self->server_ = std::make_unique<CivetServer>(settings, &callbacks, self->front_.get());
  } catch (const CivetException&) {
    return base::error{
        base::error_code::io,
        "cannot listen for HTTP on \"" + options.listen +
            "\": the port is in use, or it is not an address of this machine; change the listen address"};
  }
  self->server_->addHandler("**", self->front_.get());
  const auto ports = self->server_->getListeningPorts();
  self->port_ = ports.empty() ? 0 : ports.front();
  return self;
}

} // namespace cxstream::telemetry
