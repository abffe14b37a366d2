// One connection to a NATS server and the answers of JetStream to what was published on it. publish(), next() and the
// destructor belong to one thread; answers come from the library's threads.
//
// Invariants:
//  1. The library does not reconnect: what was lost with a connection is not sent behind our back. Whoever owns the
//  session
//     makes another one.
//  2. Numbers of publish() are of this session; an answer of another session is never mistaken for one of this.
#pragma once

#include "base/result.hpp"
#include "connectors/encoding/message_marks.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cxstream::connectors {

struct nats_settings {
  std::string servers; // "nats://host:4222", several separated by commas
  std::string user;
  std::string password;
  std::string token;
  std::string credentials_file; // of a JWT and its seed
  std::string nkey;             // public key; the seed is in nkey_seed_file
  std::string nkey_seed_file;
  bool tls = false;
  std::string ca_file;          // PEM; the system's certificates when empty
  std::string certificate_file; // of the client; with key_file
  std::string key_file;
  std::chrono::milliseconds connect_timeout{5'000};
};

// What came back for a message.
struct publish_reply {
  std::uint64_t number = 0;
  bool nobody_listens = false; // no stream takes the subject
  std::string body;
};

enum class publish_error : std::uint8_t { none, too_large, not_connected };

class nats_session {
public:
  // Errors: unavailable, with the library's words; secrets are not among them.
  static base::result<std::unique_ptr<nats_session>> connect(const nats_settings& settings);
  ~nats_session();
  nats_session(const nats_session&) = delete;
  nats_session& operator=(const nats_session&) = delete;

  publish_error publish(const std::string& subject, std::uint64_t number, std::span<const header> headers,
                        std::string_view body);
  // The next answer; nothing when none came until the deadline, or the connection is gone.
  std::optional<publish_reply> next(std::chrono::steady_clock::time_point deadline);
  bool is_open() const;
  // What the server last complained about, such as a subject that this user may not publish to.
  std::string complaint() const;

private:
  struct handles;
  explicit nats_session(std::unique_ptr<handles> all);
  std::unique_ptr<handles> all_;
};

} // namespace cxstream::connectors
