// Counts what became of looks at evidence links. Implementations are thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace cxstream::ports {

// What a link was found to be. `locked`: it is there and wants a login, which is how it should be. `forbidden`: it
// leads to an address that the node may not call. `unclear`: nobody could say now.
enum class evidence_found : std::uint8_t { resolves, locked, broken, unclear, forbidden };

constexpr std::string_view name_of(evidence_found found) {
  switch (found) {
    case evidence_found::resolves:
      return "resolves";
    case evidence_found::locked:
      return "locked";
    case evidence_found::broken:
      return "broken";
    case evidence_found::forbidden:
      return "forbidden";
    case evidence_found::unclear:
      break;
  }
  return "unclear";
}

class evidence_meter {
public:
  virtual ~evidence_meter() = default;
  virtual void looked(evidence_found found) = 0;
  // In the sample, but not looked at, because of the rates.
  virtual void passed_over() = 0;
};

} // namespace cxstream::ports
