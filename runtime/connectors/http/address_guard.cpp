#include "connectors/http/address_guard.hpp"

#include "model/fold_text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <cstring>
#include <netinet/in.h>

namespace cxstream::connectors {

namespace {

constexpr unsigned all_bits = 128;
constexpr unsigned v4_bits_before = 96;
constexpr std::array<std::uint8_t, 12> v4_mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

ip_address mapped(const std::uint8_t* four) {
  ip_address out;
  std::ranges::copy(v4_mapped, out.bytes.begin());
  std::copy_n(four, 4, out.bytes.begin() + v4_mapped.size());
  return out;
}

bool within(const ip_address& address, const ip_address& network, unsigned bits) {
  const auto whole = bits / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, network.bytes.begin()))
    return false;
  const auto rest = bits % 8;
  const auto mask = static_cast<std::uint8_t>(0xff00u >> rest);
  return rest == 0 || (address.bytes[whole] & mask) == (network.bytes[whole] & mask);
}

struct range {
  const char* network;
  unsigned bits; // of the address as written
  address_kind kind;
};

// The first that fits counts. IANA's registries of special-purpose addresses; metadata services as their clouds name
// them.
constexpr std::array ranges{
    range{"169.254.169.254", 32, address_kind::metadata}, // most clouds
    range{"169.254.170.2", 32, address_kind::metadata},   // credentials of containers
    range{"100.100.100.200", 32, address_kind::metadata}, // Alibaba
    range{"168.63.129.16", 32, address_kind::metadata},   // Azure's host
    range{"192.0.0.192", 32, address_kind::metadata},     // Oracle
    range{"fd00:ec2::254", 128, address_kind::metadata},  // AWS
    range{"fd20:ce::254", 128, address_kind::metadata},   // Google
    range{"127.0.0.0", 8, address_kind::loopback},
    range{"::1", 128, address_kind::loopback},
    range{"10.0.0.0", 8, address_kind::private_network},
    range{"172.16.0.0", 12, address_kind::private_network},
    range{"192.168.0.0", 16, address_kind::private_network},
    range{"100.64.0.0", 10, address_kind::private_network}, // shared by customers of a provider
    range{"fc00::", 7, address_kind::private_network},
    range{"169.254.0.0", 16, address_kind::link_local},
    range{"fe80::", 10, address_kind::link_local},
    range{"0.0.0.0", 8, address_kind::reserved},
    range{"192.0.0.0", 24, address_kind::reserved},
    range{"192.0.2.0", 24, address_kind::reserved},
    range{"192.88.99.0", 24, address_kind::reserved},
    range{"198.18.0.0", 15, address_kind::reserved},
    range{"198.51.100.0", 24, address_kind::reserved},
    range{"203.0.113.0", 24, address_kind::reserved},
    range{"224.0.0.0", 3, address_kind::reserved}, // multicast, reserved, broadcast
    range{"::", 96, address_kind::reserved},       // unspecified, v4-compatible
    range{"100::", 64, address_kind::reserved},
    range{"2001::", 23, address_kind::reserved}, // Teredo, ORCHID, benchmarks
    range{"2001:db8::", 32, address_kind::reserved},
    range{"3fff::", 20, address_kind::reserved},
    range{"5f00::", 16, address_kind::reserved},
    range{"fec0::", 10, address_kind::reserved},
    range{"ff00::", 8, address_kind::reserved},
};

bool is_in(const ip_address& address, const range& r) {
  const auto network = parse_ip(r.network);
  if (!network || network->is_v4() != address.is_v4())
    return false;
  return within(address, *network, address.is_v4() ? v4_bits_before + r.bits : r.bits);
}

// The IPv4 address that an IPv6 address stands for or leads to.
std::optional<ip_address> wrapped(const ip_address& address) {
  static const auto nat64 = *parse_ip("64:ff9b::");
  static const auto local_nat64 = *parse_ip("64:ff9b:1::");
  static const auto six_to_four = *parse_ip("2002::");
  if (within(address, nat64, 96) || within(address, local_nat64, 48))
    return mapped(&address.bytes[12]);
  if (within(address, six_to_four, 16))
    return mapped(&address.bytes[2]);
  return std::nullopt;
}

bool is_host(std::string_view text) {
  if (text.starts_with("*."))
    text.remove_prefix(2);
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
  });
}

bool covers(const std::string& pattern, const std::string& host) {
  if (!pattern.starts_with("*."))
    return pattern == host;
  return host.size() > pattern.size() - 1 && host.ends_with(std::string_view(pattern).substr(1));
}

} // namespace

bool ip_address::is_v4() const {
  return std::equal(v4_mapped.begin(), v4_mapped.end(), bytes.begin());
}

std::string ip_address::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (is_v4())
    ::inet_ntop(AF_INET, &bytes[v4_mapped.size()], out.data(), out.size());
  else
    ::inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  return out.data();
}

std::optional<ip_address> parse_ip(std::string_view text) {
  if (text.size() > 1 && text.starts_with('[') && text.ends_with(']'))
    text = text.substr(1, text.size() - 2);
  const std::string copy(text);
  std::array<std::uint8_t, 4> four{};
  if (::inet_pton(AF_INET, copy.c_str(), four.data()) == 1)
    return mapped(four.data());
  ip_address out;
  if (::inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1)
    return out;
  return std::nullopt;
}

std::optional<ip_address> ip_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return mapped(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr));
  }
  if (address.sa_family != AF_INET6)
    return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  ip_address out;
  std::copy_n(v6.sin6_addr.s6_addr, out.bytes.size(), out.bytes.begin());
  return out;
}

address_kind kind_of(const ip_address& address) {
  const auto judged = wrapped(address).value_or(address);
  const auto found = std::ranges::find_if(ranges, [&](const range& r) { return is_in(judged, r); });
  return found == ranges.end() ? address_kind::global : found->kind;
}

std::string_view name_of(address_kind kind) {
  switch (kind) {
    case address_kind::global:
      return "global";
    case address_kind::loopback:
      return "loopback";
    case address_kind::private_network:
      return "private";
    case address_kind::link_local:
      return "link-local";
    case address_kind::metadata:
      return "metadata service";
    case address_kind::reserved:
      break;
  }
  return "reserved";
}

base::result<address_guard> address_guard::of(std::string_view setting) {
  address_guard out;
  if (setting == "true" || setting == "false" || setting.empty()) {
    out.private_ = setting == "true";
    return out;
  }
  for (std::size_t at = 0; (at = setting.find_first_not_of(" ,", at)) != setting.npos;) {
    const auto end = std::min(setting.find_first_of(" ,", at), setting.size());
    const auto word = setting.substr(at, end - at);
    at = end;
    const auto slash = word.find('/');
    const auto address = parse_ip(word.substr(0, slash));
    if (!address) {
      if (slash != word.npos || !is_host(word))
        return base::error{base::error_code::invalid_argument,
                           "\"" + std::string(word) + "\" is neither a network such as 10.1.0.0/16 nor a host"};
      out.hosts_.push_back(model::lowered(word));
      continue;
    }
    const auto widest = address->is_v4() ? all_bits - v4_bits_before : all_bits;
    unsigned bits = widest;
    if (slash != word.npos) {
      const auto digits = word.substr(slash + 1);
      const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      if (failure != std::errc{} || stop != digits.data() + digits.size() || bits > widest)
        return base::error{base::error_code::invalid_argument,
                           "\"" + std::string(word) +
                               "\" is no network: behind the slash stands a number of bits up to " +
                               std::to_string(widest)};
    }
    out.networks_.push_back({*address, bits + (all_bits - widest)});
  }
  return out;
}

bool address_guard::permits(const ip_address& address, std::string_view host) const {
  const auto kind = kind_of(address);
  if (kind == address_kind::global)
    return true;
  if (private_ && (kind == address_kind::loopback || kind == address_kind::private_network))
    return true;
  if (std::ranges::any_of(networks_, [&](const network& n) { return within(address, n.address, n.bits); }))
    return true;
  const auto small = model::lowered(host);
  return std::ranges::any_of(hosts_, [&](const std::string& pattern) { return covers(pattern, small); });
}

} // namespace cxstream::connectors
