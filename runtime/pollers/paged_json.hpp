// Any JSON API that gives lists in pages: the next page by a link, a mark, a number or an offset; what changed since a
// time by a parameter, where it has one. Pure; thread-safe.
#pragma once

#include "pollers/json_page.hpp"
#include "pollers/poll_dialect.hpp"
#include "pollers/search_window.hpp"

namespace cxstream::pollers {

class paged_json final : public poll_dialect {
public:
  // Errors: invalid_argument (a path).
  static base::result<std::unique_ptr<poll_dialect>> make(const config::poll_config& config);

  poll_request request(const v1::PollCursor& cursor) const override;
  base::result<page_end> advance(v1::PollCursor& cursor, std::string_view body, base::timestamp now) const override;
  // The window as a whole.
  void begin_again(v1::PollCursor& cursor) const override;
  base::duration spacing() const override;

private:
  paged_json(const config::poll_config& config, plain_path records, plain_path next, plain_path updated)
      : config_(config), records_(std::move(records)), next_(std::move(next)), updated_(std::move(updated)) {
  }
  base::result<std::string> next_mark(const v1::PollCursor& cursor, const rapidjson::Document& page,
                                      std::size_t records) const;
  window_policy window() const;

  const config::poll_config config_;
  const plain_path records_;
  const plain_path next_;
  const plain_path updated_;
};

} // namespace cxstream::pollers
