// Intercom's conversation search: updated after a second, oldest first, pages by starting_after, which is the place of
// the last conversation and so follows pages that shift. Its index lags, and its times are whole seconds: each pass
// begins `overlap` before the newest conversation of the last one. Pure; thread-safe.
#pragma once

#include "pollers/poll_dialect.hpp"

namespace cxstream::pollers {

class intercom_search final : public poll_dialect {
public:
  explicit intercom_search(config::poll_config config) : config_(std::move(config)) {
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
