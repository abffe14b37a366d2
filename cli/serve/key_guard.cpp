#include "serve/key_guard.hpp"

#include <algorithm>

namespace cxstream::cli {

namespace {

using security::key_verdict;
using security::scope;

scope scope_of(ports::permission needed, std::string_view resource) {
  switch (needed) {
    case ports::permission::ingest:
      return scope::ingest(std::string(resource));
    case ports::permission::subscribe:
      return scope::subscribe(std::string(resource));
    case ports::permission::read:
      return {scope::kind::read};
    case ports::permission::operate:
      return {scope::kind::operate};
    case ports::permission::admin:
      break;
  }
  return {scope::kind::admin};
}

// "ipv4:10.0.0.7:5555", "ipv6:%5B::1%5D:5555" (gRPC) and "10.0.0.7:5555", "[::1]:5555" (HTTP) without scheme and port.
std::string address_of(std::string_view peer) {
  for (const std::string_view scheme : {"ipv4:", "ipv6:"})
    if (peer.starts_with(scheme))
      peer.remove_prefix(scheme.size());
  auto address = std::string(peer.substr(0, peer.rfind(':')));
  for (const std::string_view bracket : {"%5B", "%5D", "[", "]"})
    if (const auto at = address.find(bracket); at != address.npos)
      address.erase(at, bracket.size());
  return address;
}

// The sources a key is for; empty: any.
std::vector<std::string> sources_of(const std::vector<scope>& scopes) {
  std::vector<std::string> out;
  for (const auto& held : scopes) {
    if (held.what == scope::kind::admin || (held.what == scope::kind::ingest && held.name == "*"))
      return {};
    if (held.what == scope::kind::ingest)
      out.push_back(held.name);
  }
  return out;
}

} // namespace

base::result<std::unique_ptr<key_guard>> key_guard::open(const std::string& keys_file, const ports::clock& clock,
                                                         ports::log& log) {
  auto ring = security::key_ring::open(keys_file, log, clock.now());
  if (!ring)
    return ring.err();
  return std::unique_ptr<key_guard>(new key_guard(std::move(*ring), clock, log));
}

key_guard::key_guard(std::unique_ptr<security::key_ring> ring, const ports::clock& clock, ports::log& log)
    : ring_(std::move(ring)), clock_(clock), log_(log), limiter_({}) {
}

base::result<ports::grant> key_guard::check(std::string_view key, ports::permission needed, std::string_view resource,
                                            std::string_view peer) {
  const auto now = clock_.now();
  const auto address = address_of(peer);
  if (limiter_.refused_for(address, now))
    return base::error{base::error_code::resource_exhausted,
                       "too many wrong API keys from this address; wait a minute"};
  const auto verdict = ring_->check(key, scope_of(needed, resource), now);
  ports::grant grant{verdict.key_id, sources_of(verdict.scopes)};
  // Which source an event is of is known when it is read; until then a key for any source will do.
  const bool for_some_source =
      needed == ports::permission::ingest && resource.empty() && !verdict.scopes.empty() && !grant.sources.empty();
  if (verdict || for_some_source)
    return grant;
  return refused(verdict, address, now);
}

base::error key_guard::refused(const key_verdict& verdict, const std::string& address, base::timestamp now) {
  if (verdict.what == key_verdict::outcome::wrong_key && limiter_.note_wrong(address, now))
    log_.warn("an address is refused for a while: too many wrong API keys", {{"address", address}});
  else if (verdict.what != key_verdict::outcome::no_key)
    log_.warn_sparsely("api key refused", std::chrono::seconds{10}, "an API key was refused",
                       {{"address", address}, {"key", verdict.key_id}, {"why", verdict.message}});
  const bool known = verdict.what == key_verdict::outcome::not_allowed;
  return {known ? base::error_code::permission_denied : base::error_code::unauthenticated, verdict.message};
}

} // namespace cxstream::cli
