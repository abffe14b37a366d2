// A real nats-server with JetStream on a loopback port and in a folder of its own, ended by its own pid, and a second
// connection to it that makes the stream, changes it and reads it back. Owned by one thread.
#pragma once

#include "conformance/world.hpp"
#include "integration/harness/child_process.hpp"
#include "support/certificates.hpp"
#include "support/scratch_dir.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::conformance {

struct stored_message {
  std::string subject;
  std::string message_id; // Nats-Msg-Id
  std::string idempotency_key;
  std::uint64_t ticket_sequence = 0;
  std::string body;
};

class nats_server {
public:
  // The server runs, and has a stream CX that takes `subjects`.
  explicit nats_server(std::string subjects = "cx.>");
  // One that speaks only TLS, and only with those whom the authority vouches for.
  struct tls_setup {
    std::string authority; // its certificate
    support::pem_files server;
    support::pem_files admin; // of the second connection
  };
  explicit nats_server(tls_setup tls);
  nats_server(const nats_server&) = delete;
  nats_server& operator=(const nats_server&) = delete;

  // Whether there is such a program on this machine.
  static bool is_installed();

  std::string url() const;
  static constexpr const char* user = "cx";
  static constexpr const char* password = "w0rd-of-cx";

  void kill();
  // Returns when it serves, JetStream too.
  void start();
  // With so much room for all streams.
  void start(std::uint64_t store_bytes);
  void freeze();
  void thaw();
  // Another password for `user` from now on; returns when the server knows it.
  void change_password(const std::string& to);

  enum class stream_state : std::uint8_t { open, full, mute };
  // full: takes nothing more. mute: takes, and acknowledges nothing.
  void set_stream(stream_state state);
  std::vector<stored_message> stored();

private:
  struct admin; // a connection

  void write_configuration(const std::string& word);
  bool serves() const;
  bool lets_in(const std::string& word) const;

  support::scratch_dir folder_;
  std::string subjects_;
  std::optional<tls_setup> tls_;
  std::uint64_t store_bytes_ = 1U << 30U;
  int port_ = 0;
  std::unique_ptr<integration::child_process> process_;
};

} // namespace cxstream::conformance
