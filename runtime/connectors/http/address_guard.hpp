// Which addresses a sink may call. Without it, whoever can name a host (a template's field, a DNS record) could have a
// node speak to what stands beside it: metadata services, databases, its own doors. Pure value; thread-safe.
//
// Invariants:
//  1. What is judged is the address that a connection is about to be made to, not the name: an answer of the DNS that
//     changes between two looks is judged again.
//  2. Refused by default: loopback, private, shared (CGNAT), unique-local, link-local, multicast, reserved and
//     documentation ranges, metadata services of clouds; the same when they are wrapped in IPv6 (v4-mapped,
//     v4-compatible, NAT64, 6to4, Teredo).
//  3. "true" permits loopback, private, shared and unique-local addresses. Link-local, multicast, reserved addresses
//  and
//     metadata services need a network or a host of their own in the list.
#pragma once

#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace cxstream::connectors {

// An IPv6 address, or an IPv4 address as a v4-mapped one.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};

  bool is_v4() const;
  std::string text() const;
  bool operator==(const ip_address&) const = default;
};

// "10.0.0.1", "::1", "[::1]"; nothing for other texts.
std::optional<ip_address> parse_ip(std::string_view text);
// Of an AF_INET or AF_INET6 socket address; nothing for other families.
std::optional<ip_address> ip_of(const sockaddr& address);

enum class address_kind : std::uint8_t { global, loopback, private_network, link_local, metadata, reserved };

address_kind kind_of(const ip_address& address);
std::string_view name_of(address_kind kind);

class address_guard {
public:
  // Global addresses only.
  address_guard() = default;
  // "false", "true", or a list, by spaces or commas, of networks (10.1.0.0/16, ::1), hosts (crm.internal) and all hosts
  // below a name (*.internal). Errors: invalid_argument.
  static base::result<address_guard> of(std::string_view setting);

  // `host` is the name in the URL.
  bool permits(const ip_address& address, std::string_view host) const;

private:
  struct network {
    ip_address address;
    unsigned bits = 128;
  };
  bool private_ = false;
  std::vector<network> networks_;
  std::vector<std::string> hosts_; // in lower case
};

} // namespace cxstream::connectors
