// A world whose connectors are made from a sink's configuration, as a node makes them.
#pragma once

#include "conformance/world.hpp"
#include "connectors/factory.hpp"

#include <utility>

namespace cxstream::conformance {

class configured_world : public world {
public:
  std::unique_ptr<ports::target> connect() override {
    return std::move(*connectors::make_target(sink_));
  }
  ports::target_traits traits() const override {
    return *connectors::traits_of(sink_);
  }

protected:
  config::sink_config sink_;
};

} // namespace cxstream::conformance
