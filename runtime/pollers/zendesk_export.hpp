// Zendesk's incremental ticket export by cursor: start_time once, then after_cursor for ever. The export itself trails
// a minute behind, shows deleted tickets too, and allows ten requests a minute. Pure; thread-safe.
#pragma once

#include "pollers/poll_dialect.hpp"

namespace cxstream::pollers {

class zendesk_export final : public poll_dialect {
public:
  explicit zendesk_export(config::poll_config config) : config_(std::move(config)) {
  }
  poll_request request(const v1::PollCursor& cursor) const override;
  base::result<page_end> advance(v1::PollCursor& cursor, std::string_view body, base::timestamp now) const override;
  // A start_time a minute before the newest ticket that the last good end_of_stream had shown.
  void begin_again(v1::PollCursor& cursor) const override;
  base::duration spacing() const override;

private:
  const config::poll_config config_;
};

} // namespace cxstream::pollers
