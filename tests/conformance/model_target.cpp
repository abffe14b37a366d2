#include "conformance/model_world.hpp"
#include "connectors/outcomes.hpp"

#include "cxstream/v1/event.pb.h"

#include <algorithm>

namespace cxstream::conformance {

namespace {

using connectors::failed;
using enum ports::delivery_result;
using answer = model_server::answer;

class model_target final : public ports::target {
public:
  model_target(std::shared_ptr<model_server> server, flaw f, bool keeps_position)
      : server_(std::move(server)), flaw_(f), keeps_position_(keeps_position), token_(server_->current_token()) {
  }

  base::result<void> open() override {
    if (flaw_ == flaw::cannot_reopen && closed_)
      return base::error{base::error_code::internal, "closed"};
    return {};
  }
  base::result<std::vector<ports::target_position>> positions() override {
    std::vector<ports::target_position> out;
    if (flaw_ == flaw::invents_a_position)
      out.push_back({base::partition_id{3}, base::log_offset{0}});
    if (!keeps_position_)
      return out;
    for (const auto& [partition, next] : server_->positions())
      out.push_back(
          {base::partition_id{partition}, base::log_offset{next + (flaw_ == flaw::position_runs_ahead ? 1u : 0u)}});
    return out;
  }
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> all, base::timestamp now) override;
  void close() override {
    if (flaw_ == flaw::loses_at_close && !closed_)
      server_->forget_last();
    closed_ = true;
  }

private:
  bool is(flaw f) const {
    return flaw_ == f;
  }
  bool readable(const ports::delivery& e) {
    v1::CanonicalEvent event;
    return event.ParseFromString(e.event);
  }
  // How long the event has to wait yet: those of tickets named D… do, from when they are first seen.
  std::optional<std::chrono::milliseconds> held_back(const ports::delivery& e, base::timestamp now) {
    constexpr std::chrono::seconds wait{5};
    if (!e.ticket_id.starts_with("D"))
      return std::nullopt;
    const auto due = seen_.try_emplace(e.ticket_id, now + wait).first->second;
    if (due <= now && !is(flaw::defers_for_ever))
      return std::nullopt;
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(due - now), std::chrono::milliseconds{1});
  }
  // False: nothing more may be tried in this call.
  bool send(std::span<const ports::delivery> all, const std::vector<std::size_t>& picked, connectors::outcomes& out);
  ports::delivery_outcome of(answer what, std::chrono::seconds retry_after);
  void blemish(std::vector<ports::delivery_outcome>& out) const;

  std::shared_ptr<model_server> server_;
  flaw flaw_;
  bool keeps_position_;
  int token_;
  bool closed_ = false;
  bool was_away_ = false;
  std::map<std::string, base::timestamp> seen_; // when those that wait are due
};

std::vector<ports::delivery_outcome> model_target::deliver(std::span<const ports::delivery> all, base::timestamp now) {
  connectors::outcomes out(all);
  const std::size_t size = is(flaw::sends_too_many_at_once) ? 7 : 4;
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = is(flaw::turns_the_order) ? order.size() - 1 - i : i;
  std::size_t at = 0;
  while (at < order.size()) {
    std::vector<std::size_t> picked;
    for (; at < order.size() && picked.size() < size; ++at) {
      const auto i = order[at];
      if (!is(flaw::goes_on_behind_a_failure) && out.skips(i))
        continue;
      if (const auto wait = held_back(all[i], now)) {
        out.set(i, {deferred, "not yet", is(flaw::defers_without_a_time) ? std::nullopt : wait});
        continue;
      }
      if (!readable(all[i])) {
        out.set(i, failed(is(flaw::calls_the_unreadable_transient) ? transient : unfit, "no event"));
        if (is(flaw::sends_the_unreadable))
          (void)server_->take({{all[i]}, token_, this}, flaw_);
        continue;
      }
      picked.push_back(i);
    }
    if (picked.empty())
      continue;
    if (!send(all, picked, out)) {
      for (; at < order.size(); ++at)
        if (!out.skips(order[at]))
          out.set(order[at], of(answer::pause, std::chrono::seconds{7}));
      break;
    }
    if (is(flaw::takes_one_batch_only))
      break;
  }
  auto done = std::move(out).take();
  for (; is(flaw::takes_one_batch_only) && at < done.size(); ++at)
    done[at] = failed(permanent, "the batch is full");
  blemish(done);
  return done;
}

// The outcomes of what a trouble says about the call as a whole; else of each event.
bool model_target::send(std::span<const ports::delivery> all, const std::vector<std::size_t>& picked,
                        connectors::outcomes& out) {
  model_server::request r{{}, token_, this};
  for (const auto i : picked)
    r.events.push_back(all[i]);
  if (is(flaw::stays_away) && was_away_) {
    for (const auto i : picked)
      out.set(i, failed(unreachable, "was away"));
    return true;
  }
  auto got = server_->take(r, flaw_);
  if (got.what == answer::unknown_token && !is(flaw::keeps_old_credentials) && !is(flaw::condemns_when_expired)) {
    r.token = token_ = server_->current_token();
    got = server_->take(r, flaw_);
  }
  if (got.what == answer::no_answer && is(flaw::waits_for_ever))
    server_->wait_for_end();
  was_away_ = was_away_ || got.what == answer::absent;
  const bool believed = is(flaw::believes_in_lost_answers) && got.what == answer::no_answer;
  if (got.what != answer::taken && !believed) {
    for (const auto i : picked)
      if (!out.skips(i))
        out.set(i, of(got.what, got.retry_after));
    return got.what != answer::pause || is(flaw::goes_on_in_a_pause);
  }
  for (const auto i : got.refused)
    if (!out.skips(picked[i]))
      out.set(picked[i], of(answer::refused, {}));
  for (const auto i : got.failed)
    if (!out.skips(picked[i]))
      out.set(picked[i], of(answer::failed, {}));
  return true;
}

ports::delivery_outcome model_target::of(answer what, std::chrono::seconds retry_after) {
  switch (what) {
    case answer::refused:
      return failed(is(flaw::tries_the_refused_again) ? transient : permanent, "refused");
    case answer::failed:
      return failed(is(flaw::condemns_a_hiccup) ? permanent : transient, "failed for now");
    case answer::pause:
      return {throttled, "a pause, please",
              is(flaw::forgets_the_pause) ? std::nullopt : std::optional<std::chrono::milliseconds>(retry_after)};
    case answer::absent:
      return failed(is(flaw::condemns_when_away) ? permanent : unreachable, "nobody there");
    case answer::no_answer:
      return failed(is(flaw::gives_up_the_slow) ? permanent : transient, "no answer");
    case answer::unknown_token:
      return failed(is(flaw::condemns_when_expired) ? permanent : unreachable, "who are you");
    case answer::taken:
      break;
  }
  return {};
}

// Flaws in what is said, not in what is done.
void model_target::blemish(std::vector<ports::delivery_outcome>& out) const {
  if (is(flaw::drops_an_outcome) && out.size() > 1)
    out.pop_back();
  if (is(flaw::swaps_outcomes) && out.size() > 1)
    std::ranges::reverse(out);
  if (is(flaw::skips_without_cause) && !out.empty())
    out.front() = failed(skipped, "no time");
  for (auto& o : out) {
    if (o.result == delivered)
      continue;
    if (is(flaw::tells_its_token))
      o.exchange = "POST / Authorization: t0ken";
    if (is(flaw::says_no_reason))
      o.reason.clear();
    if (is(flaw::talks_at_length))
      o.exchange.assign(ports::exchange_bytes_max + 1, 'x');
  }
}

} // namespace

std::unique_ptr<ports::target> model_world::connect() {
  return std::make_unique<model_target>(server_, flaw_, keeps_position_);
}

} // namespace cxstream::conformance
