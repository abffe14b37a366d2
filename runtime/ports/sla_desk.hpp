// What operators see of how sinks keep their service levels. Thread-safe; callbacks come exactly once.
#pragma once

#include "ports/services.hpp"

#include "cxstream/v1/sla.pb.h"

namespace cxstream::ports {

class sla_desk {
public:
  virtual ~sla_desk() = default;
  // not_found where there is no such sink, or nothing is promised of it.
  virtual void get_sla(v1::GetSlaRequest request, reply<v1::GetSlaResponse> done) = 0;
};

} // namespace cxstream::ports
