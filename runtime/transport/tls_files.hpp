// The files of a server's TLS, and what it wants of its clients. Plain values.
#pragma once

#include <cstdint>
#include <string>

namespace cxstream::transport {

enum class client_certificates : std::uint8_t {
  wanted,   // one that is shown must be good
  required, // nobody without a good one
};

// PEM files.
struct tls_files {
  std::string certificate; // with the chain, the own one first
  std::string key;
  std::string client_ca; // who signs clients' certificates; empty: clients need none
  client_certificates from_clients = client_certificates::required;
};

} // namespace cxstream::transport
