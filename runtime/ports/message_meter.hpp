// Counts what people are told. Implementations are thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace cxstream::ports {

class message_meter {
public:
  virtual ~message_meter() = default;
  // One message, about so many events.
  virtual void told(std::string_view sink, std::uint64_t events) = 0;
  // Events that wait for a burst's message now; counted each time that they are held.
  virtual void held(std::string_view sink, std::uint64_t events) = 0;
};

} // namespace cxstream::ports
