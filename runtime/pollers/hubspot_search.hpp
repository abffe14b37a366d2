// HubSpot's ticket search: modified after a millisecond, oldest first. It gives no more than 10,000 results and counts
// its pages, so the window moves on after each page; `after` serves only within one millisecond. Deleted tickets are
// not found by it. Five requests a second are allowed. Pure; thread-safe.
#pragma once

#include "pollers/poll_dialect.hpp"

namespace cxstream::pollers {

class hubspot_search final : public poll_dialect {
public:
  explicit hubspot_search(config::poll_config config) : config_(std::move(config)) {
  }
  poll_request request(const v1::PollCursor& cursor) const override;
  base::result<page_end> advance(v1::PollCursor& cursor, std::string_view body, base::timestamp now) const override;
  // The window as a whole.
  void begin_again(v1::PollCursor& cursor) const override;
  base::duration spacing() const override;

private:
  const config::poll_config config_;
};

} // namespace cxstream::pollers
