// poll_dialect: how one vendor's API is asked for what changed since a cursor, and what its answers say about where to
// go on. Pure; thread-safe.
//
// Invariant of all dialects: a record that was changed before what is asked for next, and that the API showed in the
// right place, has been in an answer. Times of this machine are never the reason to leave something out.
#pragma once

#include "base/result.hpp"
#include "config/poll_config.hpp"
#include "pollers/poll_effect.hpp"

#include "cxstream/v1/poll.pb.h"

#include <memory>
#include <string_view>

namespace cxstream::pollers {

enum class page_end : std::uint8_t {
  more,      // there is a next page, ask at once
  caught_up, // this was all; ask again in a while
};

class poll_dialect {
public:
  virtual ~poll_dialect() = default;
  virtual poll_request request(const v1::PollCursor& cursor) const = 0;
  // Moves the cursor past a page that was answered with 200. `now` may only keep the cursor back.
  // Errors: malformed (not what this API answers); the cursor is then undefined.
  virtual base::result<page_end> advance(v1::PollCursor& cursor, std::string_view body, base::timestamp now) const = 0;
  // The vendor no longer knows `cursor.page`: goes back to a place from where nothing is missed.
  virtual void begin_again(v1::PollCursor& cursor) const = 0;
  // Least time between two requests.
  virtual base::duration spacing() const = 0;
};

// Errors: invalid_argument (a path or URL of the configuration).
base::result<std::unique_ptr<poll_dialect>> make_dialect(const config::poll_config& config);

} // namespace cxstream::pollers
