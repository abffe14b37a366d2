// Which threads give way when there is not enough CPU for all.
#pragma once

#include <sys/resource.h>

namespace cxstream::cli {

// Of the thread that calls it. What comes in live is made durable first; what goes out, and what is imported, catches
// up (its lag is measured). With CPU to spare this changes nothing. Linux counts niceness by thread.
inline void yield_to_intake() {
  constexpr int niceness = 10;
  ::setpriority(PRIO_PROCESS, 0, niceness);
}

} // namespace cxstream::cli
