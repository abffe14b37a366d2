// guarded_reader: a source's reader behind its contract. A payload that breaks it is refused whole; one whose signature
// is wrong is not even looked at. Thread-safe.
#pragma once

#include "ports/payload.hpp"
#include "sources/contract/schema_guard.hpp"

#include <memory>

namespace cxstream::sources {

class guarded_reader final : public ports::payload_reader {
public:
  guarded_reader(std::shared_ptr<const ports::payload_reader> inner, std::shared_ptr<schema_guard> guard)
      : inner_(std::move(inner)), guard_(std::move(guard)) {
  }

  ports::read_payload read(const ports::payload& from, base::timestamp now) const override;
  ports::read_payload read_verified(const ports::payload& from, base::timestamp now) const override;
  bool hides(std::string_view header_name) const override {
    return inner_->hides(header_name);
  }

private:
  std::shared_ptr<const ports::payload_reader> inner_;
  std::shared_ptr<schema_guard> guard_;
};

} // namespace cxstream::sources
