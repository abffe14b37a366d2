// events_reader: reads bodies of POST /v1/events again, as dead letters of that door are requeued. Thread-safe.
#pragma once

#include "ports/payload.hpp"

namespace cxstream::transport {

class events_reader final : public ports::payload_reader {
public:
  ports::read_payload read(const ports::payload& from, base::timestamp now) const override;
  ports::read_payload read_verified(const ports::payload& from, base::timestamp now) const override;
  bool hides(std::string_view header_name) const override;
};

} // namespace cxstream::transport
