#include "conformance/nats/nats_server.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nats/nats.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace cxstream::conformance {

namespace {

constexpr const char* program = "/usr/sbin/nats-server";
constexpr const char* stream_name = "CX";

int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no loopback port is free");
  ::close(probe);
  return ntohs(address.sin_port);
}

void must(natsStatus status, const char* what) {
  if (status != NATS_OK)
    throw std::runtime_error(std::string(what) + ": " + natsStatus_GetText(status));
}

} // namespace

struct nats_server::admin {
  explicit admin(const nats_server& server, const std::string& name = "admin", const std::string& word = "admin") {
    const auto url = "nats://" + name + ":" + word + "@127.0.0.1:" + std::to_string(server.port_);
    natsOptions* options = nullptr;
    must(natsOptions_Create(&options), "options");
    natsOptions_SetURL(options, url.c_str());
    natsOptions_SetTimeout(options, 2'000);
    natsOptions_SetAllowReconnect(options, false);
    if (const auto& tls = server.tls_) {
      must(natsOptions_SetSecure(options, true), "TLS");
      must(natsOptions_LoadCATrustedCertificates(options, tls->authority.c_str()), "authority");
      must(natsOptions_LoadCertificatesChain(options, tls->admin.certificate.c_str(), tls->admin.key.c_str()),
           "identity");
    }
    status = natsConnection_Connect(&connection, options);
    natsOptions_Destroy(options);
    if (status == NATS_OK)
      status = natsConnection_JetStream(&js, connection, nullptr);
  }
  ~admin() {
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
  }
  admin(const admin&) = delete;
  admin& operator=(const admin&) = delete;

  natsStatus status = NATS_OK;
  natsConnection* connection = nullptr;
  jsCtx* js = nullptr;
};

nats_server::nats_server(std::string subjects) : subjects_(std::move(subjects)), port_(free_port()) {
  start(store_bytes_);
  set_stream(stream_state::open);
}

nats_server::nats_server(tls_setup tls) : subjects_("cx.>"), tls_(std::move(tls)), port_(free_port()) {
  start(store_bytes_);
  set_stream(stream_state::open);
}

bool nats_server::is_installed() {
  return std::filesystem::exists(program);
}

std::string nats_server::url() const {
  return "nats://127.0.0.1:" + std::to_string(port_);
}

void nats_server::write_configuration(const std::string& word) {
  std::ofstream out(folder_.path("server.conf"));
  out << "listen: 127.0.0.1:" << port_ << "\nmax_payload: 65536\n"
      << "jetstream { store_dir: \"" << folder_.path("store")
      << "\", max_memory_store: 67108864, max_file_store: " << store_bytes_ << " }\n"
      << "authorization { users: [ {user: " << user << ", password: \"" << word
      << "\"}, {user: admin, password: admin} ] }\n";
  if (tls_)
    out << "tls { cert_file: \"" << tls_->server.certificate << "\", key_file: \"" << tls_->server.key
        << "\", ca_file: \"" << tls_->authority << "\", verify: true }\n";
}

void nats_server::start() {
  process_ = std::make_unique<integration::child_process>(
      std::vector<std::string>{program, "-c", folder_.path("server.conf")}, folder_.path("out"), folder_.path("out"));
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!serves())
    if (std::chrono::steady_clock::now() > patience)
      throw std::runtime_error("nats-server does not serve");
}

void nats_server::start(std::uint64_t store_bytes) {
  store_bytes_ = store_bytes;
  write_configuration(password);
  start();
}

bool nats_server::serves() const {
  const admin a(*this);
  if (a.status != NATS_OK)
    return false;
  jsAccountInfo* info = nullptr;
  const bool out = js_GetAccountInfo(&info, a.js, nullptr, nullptr) == NATS_OK;
  jsAccountInfo_Destroy(info);
  return out;
}

void nats_server::kill() {
  process_->kill9();
}

void nats_server::freeze() {
  process_->freeze();
}

void nats_server::thaw() {
  process_->thaw();
}

bool nats_server::lets_in(const std::string& word) const {
  return admin(*this, user, word).status == NATS_OK;
}

void nats_server::change_password(const std::string& to) {
  write_configuration(to);
  process_->signal(SIGHUP);
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!lets_in(to))
    if (std::chrono::steady_clock::now() > patience)
      throw std::runtime_error("nats-server does not read its configuration again");
}

void nats_server::set_stream(stream_state state) {
  const admin a(*this);
  must(a.status, "connect");
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = stream_name;
  const char* subjects[] = {subjects_.c_str()};
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Discard = js_DiscardNew;
  config.MaxBytes = state == stream_state::full ? 1 : -1;
  config.NoAck = state == stream_state::mute;
  jsStreamInfo* before = nullptr;
  const bool is_there = js_GetStreamInfo(&before, a.js, stream_name, nullptr, nullptr) == NATS_OK;
  jsStreamInfo_Destroy(before);
  must(is_there ? js_UpdateStream(nullptr, a.js, &config, nullptr, nullptr)
                : js_AddStream(nullptr, a.js, &config, nullptr, nullptr),
       "stream");
}

std::vector<stored_message> nats_server::stored() {
  const admin a(*this);
  must(a.status, "connect");
  jsStreamInfo* info = nullptr;
  must(js_GetStreamInfo(&info, a.js, stream_name, nullptr, nullptr), "stream info");
  const auto first = info->State.FirstSeq;
  const auto last = info->State.LastSeq;
  jsStreamInfo_Destroy(info);
  std::vector<stored_message> out;
  for (auto at = std::max<std::uint64_t>(first, 1); at <= last; ++at) {
    natsMsg* message = nullptr;
    must(js_GetMsg(&message, a.js, stream_name, at, nullptr, nullptr), "message");
    const auto header = [&](const char* name) {
      const char* value = nullptr;
      return natsMsgHeader_Get(message, name, &value) == NATS_OK && value != nullptr ? std::string(value)
                                                                                     : std::string();
    };
    stored_message m;
    m.subject = natsMsg_GetSubject(message);
    m.message_id = header("Nats-Msg-Id");
    m.idempotency_key = header("idempotency_key");
    m.ticket_sequence = std::stoull("0" + header("sequence"));
    m.body.assign(natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message)));
    out.push_back(std::move(m));
    natsMsg_Destroy(message);
  }
  return out;
}

} // namespace cxstream::conformance
