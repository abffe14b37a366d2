#include "transport/http/tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <climits>

namespace cxstream::transport {
namespace {

using base::error_code;

base::error wrong(const std::string& what, const std::string& file) {
  std::array<char, 256> reason{};
  const unsigned long code = ERR_peek_last_error();
  ERR_error_string_n(code, reason.data(), reason.size());
  ERR_clear_error();
  const std::string tail = code != 0 ? std::string(": ") + reason.data() : std::string();
  return {error_code::invalid_argument, "tls: " + what + " '" + file + "'" + tail};
}

// HTTP/1.1 is what is spoken here; who offers only others learns it now.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  static constexpr std::array<unsigned char, 9> http11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, http11.data(), http11.size(), offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

} // namespace

tls_session::tls_session(ssl_ctx_st* context, int socket) : ssl_(SSL_new(context)) {
  if (ssl_ == nullptr)
    return;
  SSL_set_fd(ssl_, socket);
  SSL_set_accept_state(ssl_);
}

tls_session::~tls_session() {
  SSL_free(ssl_);
}

io_result tls_session::judge(int returned) const {
  if (returned > 0)
    return {io_state::done, static_cast<std::size_t>(returned)};
  switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_WANT_READ:
      return {io_state::want_read};
    case SSL_ERROR_WANT_WRITE:
      return {io_state::want_write};
    case SSL_ERROR_ZERO_RETURN:
      return {io_state::ended};
    default:
      return {io_state::failed};
  }
}

io_result tls_session::handshake() {
  if (ssl_ == nullptr)
    return {io_state::failed};
  ERR_clear_error(); // else an old error of this thread is taken for one of this call
  return judge(SSL_do_handshake(ssl_));
}

io_result tls_session::read(char* into, std::size_t bytes_max) {
  ERR_clear_error();
  return judge(SSL_read(ssl_, into, static_cast<int>(std::min<std::size_t>(bytes_max, INT_MAX))));
}

io_result tls_session::write(std::string_view bytes) {
  ERR_clear_error();
  return judge(SSL_write(ssl_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX))));
}

void tls_session::finish() {
  ERR_clear_error();
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_) == 1)
    SSL_shutdown(ssl_);
}

std::string tls_session::client_subject() const {
  const std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(ssl_), &X509_free);
  if (!certificate || SSL_get_verify_result(ssl_) != X509_V_OK)
    return {};
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(text.get(), &bytes);
  return length > 0 ? std::string(bytes, static_cast<std::size_t>(length)) : std::string();
}

base::result<tls_context::handle> tls_context::make(const tls_files& files) {
  handle context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context)
    return base::error{error_code::internal, "tls: OpenSSL makes no context"};
  SSL_CTX* ctx = context.get();
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(ctx, &choose_protocol, nullptr);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate.c_str()) != 1)
    return wrong("no certificate can be read from", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(ctx, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return wrong("no key of the certificate can be read from", files.key);
  if (SSL_CTX_check_private_key(ctx) != 1)
    return wrong("the key does not belong to the certificate:", files.key);
  if (files.client_ca.empty())
    return context;
  if (SSL_CTX_load_verify_file(ctx, files.client_ca.c_str()) != 1)
    return wrong("no certificate authority can be read from", files.client_ca);
  SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(files.client_ca.c_str()));
  const int must = files.from_clients == client_certificates::required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | must, nullptr);
  static constexpr std::array<unsigned char, 8> name{'c', 'x', 's', 't', 'r', 'e', 'a', 'm'};
  SSL_CTX_set_session_id_context(ctx, name.data(), name.size());
  return context;
}

base::result<std::unique_ptr<tls_context>> tls_context::load(const tls_files& files) {
  auto context = make(files);
  if (!context)
    return context.err();
  return std::unique_ptr<tls_context>(new tls_context(std::move(*context)));
}

base::result<void> tls_context::reload(const tls_files& files) {
  auto context = make(files);
  if (!context)
    return context.err();
  const std::lock_guard lock(mutex_);
  context_ = std::move(*context);
  return {};
}

std::unique_ptr<tls_session> tls_context::accept(int socket) const {
  const std::lock_guard lock(mutex_);
  return std::make_unique<tls_session>(context_.get(), socket);
}

} // namespace cxstream::transport
