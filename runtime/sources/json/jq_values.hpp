// Between cells and libjq's values. Private to the jq program.
#pragma once

#include "sources/cell_arena.hpp"

extern "C" {
#include <jv.h>
}

namespace cxstream::sources {

// The tree as a jq value of its own. Precondition: nothing in it is deeper than json_depth_max.
jv to_jv(const cell& tree);
// Consumes the value. Failed when it is deeper than json_depth_max.
cell from_jv(jv value, cell_arena& arena);
// What a failed evaluation says; consumes it.
std::string_view message_of(jv failure, cell_arena& arena);

} // namespace cxstream::sources
