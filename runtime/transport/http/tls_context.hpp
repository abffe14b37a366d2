// tls_context: certificate, key and client CA of a server, and the sessions made with them, by OpenSSL. The context is
// thread-safe; a session belongs to one thread.
//
// OpenSSL works on the socket itself and lets its buffers go between records: an idle connection costs some 10 KiB
// instead of the 70 of a stream that buffers on its own.
#pragma once

#include "base/result.hpp"
#include "transport/http/http_options.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace cxstream::transport {

enum class io_state : std::uint8_t { done, want_read, want_write, ended, failed };

struct io_result {
  io_state state = io_state::failed;
  std::size_t bytes = 0; // of done
};

class tls_session {
public:
  tls_session(ssl_ctx_st* context, int socket);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  io_result handshake();
  io_result read(char* into, std::size_t bytes_max);
  io_result write(std::string_view bytes);
  // Says good-bye, without waiting for the other side's.
  void finish();
  // RFC 2253 text of the subject of the client's certificate, which was verified; empty without one.
  std::string client_subject() const;

private:
  io_result judge(int returned) const;

  ssl_st* ssl_;
};

class tls_context {
public:
  // Errors: invalid_argument (a file that is missing or wrong, a key that does not fit its certificate).
  static base::result<std::unique_ptr<tls_context>> load(const tls_files& files);

  // New connections use the new files; when it fails, nothing changes. Errors: as load().
  base::result<void> reload(const tls_files& files);
  std::unique_ptr<tls_session> accept(int socket) const;

private:
  using handle = std::shared_ptr<ssl_ctx_st>;
  explicit tls_context(handle context) : context_(std::move(context)) {
  }
  static base::result<handle> make(const tls_files& files);

  mutable std::mutex mutex_;
  handle context_;
};

} // namespace cxstream::transport
