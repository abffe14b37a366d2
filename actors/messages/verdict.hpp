// How something ended, inside other messages. See actors/messages.hpp.
#pragma once

#include "base/result.hpp"

namespace cxstream::actors {

// How something ended, inside other messages.
struct verdict {
  bool ok = true;
  base::error why;

  static verdict of(const base::result<void>& r) {
    return r ? verdict{} : verdict{false, r.err()};
  }
  template <class Inspector>
  friend auto inspect(Inspector& f, verdict& x) {
    return f(x.ok, x.why);
  }
};

} // namespace cxstream::actors
