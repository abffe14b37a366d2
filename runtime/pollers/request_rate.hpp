// How far requests stand apart. Pure.
#pragma once

#include "base/time.hpp"

namespace cxstream::pollers {

// For a configured rate, or the vendor's when that is 0.
inline base::duration spacing_of(double configured_per_second, double vendor_per_second) {
  const double rate = configured_per_second > 0 ? configured_per_second : vendor_per_second;
  return base::duration{static_cast<base::duration::rep>(1e6 / rate)};
}

} // namespace cxstream::pollers
