// A sink that delivers to nobody: it looks, for a sample of the events, whether their evidence links still resolve.
// What leads nowhere becomes an event of the ticket. Owned by one worker thread.
//
// Invariants:
//  1. A look is a plain HEAD or GET without any secret, to addresses that the guard permits, within the sampler's
//  rates.
//  2. An event whose link is broken is `delivered` when the finding is durable; every other at once.
#pragma once

#include "connectors/evidence/link_check.hpp"
#include "connectors/outcomes.hpp"
#include "connectors/surroundings.hpp"
#include "protocols/evidence_sampler.hpp"

#include <memory>
#include <optional>

namespace cxstream::connectors {

struct evidence_settings {
  http_settings http;
  protocols::sampling_policy sampling;
};

class evidence_target final : public ports::target {
public:
  evidence_target(evidence_settings settings, surroundings near)
      : settings_(std::move(settings)), near_(std::move(near)) {
  }
  base::result<void> open() override {
    return {};
  }
  base::result<std::vector<ports::target_position>> positions() override {
    return std::vector<ports::target_position>{};
  }
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override {
    http_.reset();
  }

private:
  ports::delivery_outcome look(const ports::delivery& d, base::timestamp now, int& looks_left);

  evidence_settings settings_;
  surroundings near_;
  std::unique_ptr<http_client> http_;
  std::optional<protocols::evidence_sampler> sampler_;
};

} // namespace cxstream::connectors
