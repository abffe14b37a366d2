// poll_machine: decides what one poller does next. An event goes in, one effect comes out; the runner carries it out
// and says what came of it. Pure: `now` is an argument, jitter comes from a seed. Owned by one thread.
//
// Invariants:
//  1. The cursor that is stored lies behind everything that is not yet durable: it moves only after durable(), so that
//  a crash at any step repeats pages and never leaves one out.
//  2. Where to begin is stored before the first request, so that a poller that dies early does not begin later.
//  3. Between two requests passes at least the dialect's spacing, whatever happened, and after a 429 what it asked for.
//  4. `now` never decides which records are asked for, but for the very first start when none is configured.
#pragma once

#include "pollers/poll_dialect.hpp"
#include "protocols/backoff.hpp"

#include "cxstream/v1/admin.pb.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace cxstream::pollers {

struct poll_policy {
  std::string kind;
  std::string url;
  base::duration every{std::chrono::seconds{60}};
  std::int64_t start_us = 0; // 0: a day before the first poll
  protocols::backoff_policy backoff{std::chrono::seconds{2}, std::chrono::minutes{5}, 2.0, 0.5};
};

class poll_machine {
public:
  poll_machine(std::shared_ptr<const poll_dialect> dialect, poll_policy policy, std::uint64_t seed);

  // `stored`: what store_cursor kept last, nothing when it never did.
  poll_effect start(const std::optional<std::string>& stored, base::timestamp now);
  poll_effect answered(const poll_answer& answer, base::timestamp now);
  poll_effect durable();
  poll_effect stored(base::timestamp now);
  // An effect could not be carried out. The page, if there was one, is asked for again.
  poll_effect failed(std::string why);
  poll_effect woken(base::timestamp now);

  v1::PollState state() const {
    return state_;
  }
  // Why it does not get on; empty when it does.
  const std::string& error() const {
    return error_;
  }
  // As it is stored, or about to be.
  const v1::PollCursor& cursor() const {
    return cursor_;
  }

private:
  void begin(base::timestamp now);
  poll_effect fetch(base::timestamp now);
  poll_effect lose_place(int status);
  poll_effect pause(std::string why, std::optional<base::duration> at_least);
  poll_effect store();

  const std::shared_ptr<const poll_dialect> dialect_;
  const poll_policy policy_;
  std::mt19937_64 random_;
  v1::PollCursor cursor_;
  v1::PollCursor next_; // behind the page that is being made durable
  page_end end_ = page_end::more;
  v1::PollState state_ = v1::POLL_STATE_UNSPECIFIED;
  std::string error_;
  std::uint32_t attempts_ = 0; // failures in a row
  std::uint32_t losses_ = 0;   // places lost since it was last caught up
  bool place_lost_ = false;    // the cursor being stored goes back
  bool unsaved_ = false;       // the cursor is not yet known to be stored
  std::optional<base::timestamp> last_request_;
};

} // namespace cxstream::pollers
