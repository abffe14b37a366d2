// Slows down who guesses keys: after some wrong ones, a peer is refused for a while, whatever it shows. Pure; time is
// an argument; thread-safe. Memory is bounded: of too many peers, those that guessed longest ago are forgotten.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cxstream::security {

class wrong_key_limiter {
public:
  struct limits {
    std::uint32_t wrong_max = 10; // in a window; the next one is refused
    std::chrono::seconds window{60};
    std::chrono::seconds refused_for{60};
    std::size_t peers_max = 10'000;
  };

  explicit wrong_key_limiter(limits with) : limits_(with) {
  }

  // How long the peer is still refused; empty when it is not. `peer` is an address without a port; addresses of one
  // IPv6 /64 are one peer, as any of them is its owner's to take.
  std::optional<base::duration> refused_for(std::string_view peer, base::timestamp now) const;
  // A peer showed a wrong key. True when it is refused from now on, for the log.
  bool note_wrong(std::string_view peer, base::timestamp now);
  std::size_t peers() const;

private:
  struct entry {
    std::string peer;
    std::uint32_t wrong = 0;
    base::timestamp window_begins;
    base::timestamp refused_until;
  };

  const limits limits_;
  mutable std::mutex mutex_; // guards what follows
  std::list<entry> entries_; // the one that guessed last in front
  std::unordered_map<std::string, std::list<entry>::iterator> by_peer_;
};

} // namespace cxstream::security
