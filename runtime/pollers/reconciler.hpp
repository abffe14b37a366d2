// reconciler: leaves out of a page what the tickets know already (model/snapshot.hpp says why keys can't tell). Used by
// one thread; the query service is asked from it and answers from any.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/services.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace cxstream::pollers {

struct sifted_page {
  std::vector<std::string> events; // serialized CanonicalEvents that tell something
  std::uint64_t known = 0;         // that told nothing
};

class reconciler {
public:
  explicit reconciler(ports::query_service& query, std::chrono::milliseconds patience = std::chrono::seconds{30})
      : query_(query), patience_(patience) {
  }
  // Events that can't be read pass: ingest refuses them and says why. Errors: unavailable, timeout, cancelled.
  base::result<sifted_page> sift(std::vector<std::string> events, base::timestamp now, const std::stop_token& stop);

private:
  ports::query_service& query_;
  const std::chrono::milliseconds patience_;
};

} // namespace cxstream::pollers
