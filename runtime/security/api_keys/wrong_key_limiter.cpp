#include "security/api_keys/wrong_key_limiter.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace cxstream::security {

namespace {

// IPv4 addresses count one by one, IPv6 by their /64; any other text stands for itself.
std::string network_of(std::string_view peer) {
  const std::string text(peer);
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1)
    return text;
  const auto* bytes = reinterpret_cast<const char*>(&address);
  if (!IN6_IS_ADDR_V4MAPPED(&address))
    return "v6 " + std::string(bytes, 8);
  char v4[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, bytes + 12, v4, sizeof v4);
  return v4;
}

} // namespace

std::optional<base::duration> wrong_key_limiter::refused_for(std::string_view peer, base::timestamp now) const {
  const std::lock_guard guard(mutex_);
  const auto found = by_peer_.find(network_of(peer));
  if (found == by_peer_.end() || found->second->refused_until <= now)
    return std::nullopt;
  return found->second->refused_until - now;
}

bool wrong_key_limiter::note_wrong(std::string_view peer, base::timestamp now) {
  const std::lock_guard guard(mutex_);
  auto network = network_of(peer);
  auto found = by_peer_.find(network);
  if (found == by_peer_.end()) {
    if (entries_.size() >= limits_.peers_max && !entries_.empty()) {
      by_peer_.erase(entries_.back().peer);
      entries_.pop_back();
    }
    entries_.push_front({network, 0, now, {}});
    found = by_peer_.emplace(std::move(network), entries_.begin()).first;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  auto& one = *found->second;
  if (now < one.window_begins || now - one.window_begins >= limits_.window) {
    one.window_begins = now;
    one.wrong = 0;
  }
  if (++one.wrong < limits_.wrong_max)
    return false;
  const auto was_refused = one.refused_until > now;
  one.refused_until = now + limits_.refused_for;
  return !was_refused;
}

std::size_t wrong_key_limiter::peers() const {
  const std::lock_guard guard(mutex_);
  return entries_.size();
}

} // namespace cxstream::security
