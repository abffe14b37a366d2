// "Did you mean …?", as the readers of the configuration call it.
#pragma once

#include "base/suggest.hpp"

namespace cxstream::config {

using base::closest;
using base::edit_distance;
using base::suggestion;

} // namespace cxstream::config
