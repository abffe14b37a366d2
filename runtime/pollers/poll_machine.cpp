#include "pollers/poll_machine.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::pollers {

namespace {

constexpr std::chrono::hours before_first_poll{24};
// Nobody can wait longer than an hour for a vendor that asks for more; it is asked again and says so again.
constexpr std::chrono::seconds retry_after_max{3'600};
constexpr std::int64_t one_second_us = 1'000'000;

bool says_too_many(const poll_answer& answer) {
  return answer.status == 429 || (answer.status == 503 && answer.retry_after);
}

// Answers to a page's mark that the vendor does not, or no longer, know.
bool says_unknown_page(int status) {
  return status == 400 || status == 404 || status == 410 || status == 422;
}

std::string refusal(const poll_answer& answer) {
  const auto status = std::to_string(answer.status);
  if (answer.status == 401 || answer.status == 403)
    return "the vendor refused the credentials (" + status + "): check auth under the source's poll";
  if (answer.status >= 300 && answer.status < 400)
    return "the vendor sent us to another address (" + status + "), which is not followed: write the right url";
  if (answer.status == 404)
    return "there is nothing at this address (404): check url under the source's poll";
  if (answer.status == 429)
    return "the vendor asks for a pause (429)";
  const auto words = answer.body.substr(0, 200);
  return "the vendor answered " + status + (words.empty() ? "" : ": " + words);
}

} // namespace

poll_machine::poll_machine(std::shared_ptr<const poll_dialect> dialect, poll_policy policy, std::uint64_t seed)
    : dialect_(std::move(dialect)), policy_(std::move(policy)), random_(seed) {
}

void poll_machine::begin(base::timestamp now) {
  cursor_.Clear();
  cursor_.set_kind(policy_.kind);
  cursor_.set_url(policy_.url);
  cursor_.set_start_us(policy_.start_us);
  cursor_.set_since_us(policy_.start_us != 0 ? policy_.start_us : base::to_us(now - before_first_poll));
}

poll_effect poll_machine::start(const std::optional<std::string>& stored, base::timestamp now) {
  state_ = v1::POLL_CATCHING_UP;
  if (!stored) {
    begin(now);
    return store();
  }
  if (!cursor_.ParseFromString(*stored)) {
    begin(now);
    if (policy_.start_us == 0)
      cursor_.set_since_us(one_second_us); // from the beginning: repeats are harmless, gaps are not
    return store();
  }
  if (cursor_.kind() == policy_.kind && cursor_.url() == policy_.url && cursor_.start_us() == policy_.start_us)
    return fetch(now);
  begin(now);
  return store();
}

poll_effect poll_machine::fetch(base::timestamp now) {
  if (unsaved_)
    return store();
  if (last_request_) {
    const auto passed = std::max(now - *last_request_, base::duration::zero());
    if (passed < dialect_->spacing())
      return wait_for{dialect_->spacing() - passed};
  }
  last_request_ = now;
  return fetch_page{dialect_->request(cursor_)};
}

poll_effect poll_machine::woken(base::timestamp now) {
  // When the clock stepped back, the spacing was waited for all the same.
  if (last_request_ && now < *last_request_)
    last_request_.reset();
  return fetch(now);
}

poll_effect poll_machine::answered(const poll_answer& answer, base::timestamp now) {
  if (says_too_many(answer))
    return pause(refusal(answer), std::min(answer.retry_after.value_or(std::chrono::seconds{0}), retry_after_max));
  if (says_unknown_page(answer.status) && !cursor_.page().empty())
    return lose_place(answer.status);
  if (answer.status != 200)
    return pause(refusal(answer), {});
  next_ = cursor_;
  auto end = dialect_->advance(next_, answer.body, now);
  if (!end)
    return pause(end.err().message, {});
  next_.set_pages(next_.pages() + 1);
  end_ = *end;
  return submit_page{};
}

poll_effect poll_machine::durable() {
  cursor_ = std::exchange(next_, {});
  attempts_ = 0;
  error_.clear();
  if (end_ == page_end::caught_up)
    losses_ = 0;
  state_ = end_ == page_end::more ? v1::POLL_CATCHING_UP : v1::POLL_FOLLOWING;
  return store();
}

poll_effect poll_machine::stored(base::timestamp now) {
  unsaved_ = false;
  if (std::exchange(place_lost_, false))
    return wait_for{
        protocols::next_backoff(policy_.backoff, losses_, {}, std::uniform_real_distribution<double>(0, 1)(random_))};
  if (state_ == v1::POLL_FOLLOWING)
    return wait_for{policy_.every};
  return fetch(now);
}

poll_effect poll_machine::failed(std::string why) {
  place_lost_ = false;
  return pause(std::move(why), {});
}

poll_effect poll_machine::lose_place(int status) {
  ++losses_;
  place_lost_ = true;
  state_ = v1::POLL_FAILING;
  error_ = "the vendor no longer knows the page that comes next (" + std::to_string(status) +
           "): it is read again from the last safe place";
  dialect_->begin_again(cursor_);
  return store();
}

poll_effect poll_machine::pause(std::string why, std::optional<base::duration> at_least) {
  ++attempts_;
  state_ = v1::POLL_FAILING;
  error_ = std::move(why);
  return wait_for{protocols::next_backoff(policy_.backoff, attempts_, at_least,
                                          std::uniform_real_distribution<double>(0, 1)(random_))};
}

poll_effect poll_machine::store() {
  unsaved_ = true;
  return store_cursor{cursor_.SerializeAsString()};
}

} // namespace cxstream::pollers
