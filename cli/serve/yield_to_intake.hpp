// Which threads give way when there is not enough CPU for all.
#pragma once

#include <sched.h>

namespace cxstream::cli {

// Of the thread that calls it. What comes in live is made durable first; what goes out, and what is imported, catches
// up (its lag is measured). With CPU to spare this changes nothing. Linux schedules threads, not processes.
inline void yield_to_intake() {
  const sched_param unused{};
  ::sched_setscheduler(0, SCHED_IDLE, &unused);
}

} // namespace cxstream::cli
