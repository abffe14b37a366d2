#include "actors/sink/sink.hpp"

#include "actors/outcomes.hpp"
#include "protocols/account.hpp"
#include "protocols/history.hpp"

#include <google/protobuf/arena.h>

#include <caf/typed_response_promise.hpp>

#include <algorithm>

namespace cxstream::actors {

namespace {

constexpr std::chrono::seconds rebuild_after{1};
constexpr std::chrono::seconds lag_every{1};

} // namespace

sink_actor::behavior_type sink_state::start(sink_actor_config config) {
  config_.emplace(std::move(config));
  random_.seed(config_->seed);
  ledger_.emplace(config_->store, config_->sink, config_->partition_id);
  if (auto built = build(); !built)
    fail(built.err());
  self_->send(config_->courier, join_courier{config_->partition_id});
  self_->delayed_send(self_, lag_every, mend_atom_v);
  return {
      [this](const begin_delivery& word) { begin(word); },
      [this](delivery_answer& answer) { answered(answer); },
      [this](const history_supply& supply) { supplied(supply); },
      [this](const pause_delivery& wish) { pause(wish.paused); },
      [this](const seek_delivery& wish) { return seek(wish); },
      [this](const requeue_delivery& wish) { return requeue(wish); },
      [this](const discard_delivery& wish) { return discard(wish); },
      [this](const edit_delivery& wish) { return edit(wish); },
      [this](const replay_events& wish) { return replay(wish); },
      [this](const ask_counts&) { return counts(); },
      [this](tick_atom) { tick(); },
      [this](mend_atom) { tell_lag(); },
      [this](stop_atom) { return stop(); },
  };
}

base::result<void> sink_state::build() {
  auto cursor = protocols::read_cursor(config_->store, config_->sink, config_->partition_id);
  if (!cursor)
    return cursor.err();
  auto waiting = ledger_->lanes();
  if (!waiting)
    return waiting.err();
  ++incarnation_;
  give_up_replays();
  lanes_.emplace(config_->partition_id, config_->limits, config_->retry, *cursor, std::move(*waiting));
  coalesced_ = lanes_->counts().coalesced;
  if (config_->paused || !begun_)
    lanes_->pause();
  demanded_.reset();
  timer_at_.reset();
  return {};
}

void sink_state::begin(const begin_delivery& word) {
  if (begun_ || broken_)
    return;
  if (word.keeps_position && word.target_position < lanes_->next_offset()) {
    auto lost = target_lost_events(word.target_position);
    if (!lost) {
      fail(lost.err());
      return;
    }
    if (*lost && !move_to(word.target_position).ok) {
      if (!broken_)
        fail({base::error_code::io, "the history cannot be read"});
      return; // joins the courier again when the store works
    }
  }
  begun_ = true;
  pause(config_->paused);
}

// Whether the target has not got something that the cursor says was delivered (it was restored from a backup, or is
// new).
base::result<bool> sink_state::target_lost_events(base::log_offset target_position) const {
  const auto end = lanes_->next_offset();
  for (auto from = target_position; from < end;) {
    auto run = protocols::read_history(config_->store, config_->partition_id, from, end, 256);
    if (!run)
      return run.err();
    if (run->next_offset == from)
      break;
    for (const auto& item : run->items) {
      v1::CanonicalEvent event;
      event.ParseFromString(item.event);
      if (item.offset < end && config_->filter.wanted(event) && !ledger_->is_dead(item.offset) &&
          !ledger_->waits(item.ticket_id, item.offset))
        return true;
    }
    from = run->next_offset;
  }
  return false;
}

void sink_state::supplied(const history_supply& supply) {
  events_total_ = std::max(events_total_, supply.events_total);
  if (!demanded_ || broken_)
    return;
  auto page = page_of(supply);
  if (!page) {
    fail(page.err());
    return;
  }
  demanded_.reset();
  protocols::sink_effects fx;
  lanes_->on_history(std::move(*page), config_->clock.now(), fx);
  carry_out(fx);
}

// The demanded page: from the runs where they cover the demand, else from the store.
base::result<protocols::history_page> sink_state::page_of(const history_supply& supply) const {
  const auto from = *demanded_;
  const auto wish = lanes_->demand();
  const std::size_t events_max = wish ? wish->events_max : 0;
  protocols::history_page page{from, {}, from};
  const auto& runs = supply.runs;
  if (!runs.empty() && runs.front()->first_offset <= from && from < runs.front()->next_offset) {
    for (const auto& run : runs)
      if (!add_to_page(page, *run, events_max))
        break;
    return page;
  }
  auto found = protocols::read_history(config_->store, config_->partition_id, from, supply.end, events_max);
  if (!found)
    return found.err();
  if (found->next_offset == from && from < supply.end)
    return base::error{base::error_code::corrupt, "the history has nothing at offset " + std::to_string(from.value) +
                                                      " and should reach to " + std::to_string(supply.end.value)};
  add_to_page(page, *found, events_max);
  return page;
}

// False when the page is full.
bool sink_state::add_to_page(protocols::history_page& page, const protocols::history_run& run,
                             std::size_t events_max) const {
  google::protobuf::Arena arena;
  for (const auto& item : run.items) {
    if (item.offset < page.from)
      continue;
    if (page.events.size() == events_max) {
      page.next = item.offset;
      return false;
    }
    bool wanted = true;
    if (!config_->filter.passes_all()) {
      auto& event = *google::protobuf::Arena::CreateMessage<v1::CanonicalEvent>(&arena);
      event.ParseFromString(item.event);
      wanted = config_->filter.wanted(event);
    }
    page.events.push_back(
        {item.offset, item.sequence, item.ticket_id, wanted ? item.event : ports::event_bytes{}, wanted, item.late});
  }
  page.next = std::max(page.from, run.next_offset);
  return true;
}

void sink_state::answered(delivery_answer& answer) {
  unanswered_ -= std::min(unanswered_, answer.events.size());
  if (broken_ || answer.id >> incarnation_shift != incarnation_)
    return;
  std::vector<protocols::settled_event> events;
  events.reserve(answer.events.size());
  for (auto& s : answer.events) {
    if (is_final(s.result) && s.result != ports::delivery_result::delivered)
      config_->metrics.dead(config_->sink, 1);
    const auto position = s.position;
    events.push_back({position, to_outcome(std::move(s))});
  }
  protocols::sink_effects fx;
  const auto id = answer.id & ((std::uint64_t{1} << incarnation_shift) - 1);
  lanes_->on_outcomes(id, events, config_->clock.now(), random01(), fx);
  carry_out(fx);
}

void sink_state::carry_out(protocols::sink_effects& fx) {
  for (;;) {
    if (const auto coalesced = lanes_->counts().coalesced; coalesced != coalesced_) {
      if (coalesced > coalesced_)
        config_->metrics.coalesced(config_->sink, coalesced - coalesced_);
      coalesced_ = coalesced;
    }
    if (auto written = ledger_->write(fx); !written) {
      fail(written.err());
      return;
    }
    for (auto& delivery : fx.deliveries)
      send(std::move(delivery));
    take_replayed(fx.replays);
    if (fx.loads.empty())
      break;
    const auto loads = std::move(fx.loads);
    fx = {};
    for (const auto& wish : loads) {
      auto found = ledger_->load(wish);
      if (!found) {
        fail(found.err());
        return;
      }
      const auto now = config_->clock.now();
      switch (found->what) {
        case sink_ledger::loaded::kind::event:
          lanes_->on_loaded(wish.id, std::move(found->event), now, fx);
          break;
        case sink_ledger::loaded::kind::unreadable:
          lanes_->on_unreadable(wish.id, found->event.offset, found->event.entry, found->why, now, fx);
          break;
        case sink_ledger::loaded::kind::nothing:
          lanes_->on_nothing_waiting(wish.id, now, fx);
          break;
      }
    }
  }
  demand();
  set_timer();
}

void sink_state::demand() {
  if (!begun_ || broken_ || demanded_)
    return;
  const auto wish = lanes_->demand();
  if (!wish)
    return;
  demanded_ = wish->from;
  self_->send(config_->partition, history_demand{wish->from, wish->events_max});
}

void sink_state::tick() {
  timer_at_.reset();
  if (broken_) {
    // What is unanswered could overtake what the new machine sends.
    if (unanswered_ > 0 || !build() || !store_takes_writes()) {
      self_->delayed_send(self_, rebuild_after, tick_atom_v);
      return;
    }
    broken_ = false;
    if (!begun_) {
      self_->send(config_->courier, join_courier{config_->partition_id});
      return;
    }
  }
  if (!begun_)
    return;
  protocols::sink_effects fx;
  lanes_->on_due(config_->clock.now(), fx);
  carry_out(fx);
}

// Else the same events would be delivered again and again while nothing of it can be written.
bool sink_state::store_takes_writes() {
  protocols::sink_effects fx;
  fx.cursor = lanes_->cursor();
  return bool(ledger_->write(fx));
}

void sink_state::set_timer() {
  const auto due = lanes_->next_due();
  if (!due || !begun_ || (timer_at_ && *timer_at_ <= *due))
    return;
  timer_at_ = due;
  self_->delayed_send(self_, std::max(base::duration{1'000}, *due - config_->clock.now()), tick_atom_v);
}

void sink_state::fail(const base::error& why) {
  config_->on_failure(why);
  if (broken_)
    return;
  broken_ = true;
  self_->delayed_send(self_, rebuild_after, tick_atom_v);
}

void sink_state::pause(bool paused) {
  config_->paused = paused;
  if (broken_ || !begun_)
    return; // seen when the machine is built again, or when delivery begins
  if (paused) {
    lanes_->pause();
    return;
  }
  protocols::sink_effects fx;
  lanes_->resume(config_->clock.now(), fx);
  carry_out(fx);
}

bytes_answer sink_state::counts() const {
  if (!lanes_)
    return {{false, {base::error_code::unavailable, "the store cannot be read"}}, {}};
  const auto& c = lanes_->counts();
  v1::DeliveryCounts out;
  out.set_delivered(c.delivered);
  out.set_filtered(c.filtered);
  out.set_coalesced(c.coalesced);
  out.set_waiting(c.waiting);
  out.set_dead(c.dead);
  out.set_discarded(c.discarded);
  out.set_committed(lanes_->cursor().history_base()); // the asker knows the total and makes committed and pending of it
  return {{}, out.SerializeAsString()};
}

// The oldest event that is not decided: the first of the window, or what will be read next. Empty when it cannot be
// read.
ports::event_bytes sink_state::oldest_undecided() const {
  if (const auto* first = lanes_->first_undecided())
    return *first;
  auto next = protocols::read_history(config_->store, config_->partition_id, lanes_->next_offset(),
                                      base::log_offset{~std::uint64_t{0}}, 1);
  return next && !next->items.empty() ? next->items.front().event : ports::event_bytes{};
}

void sink_state::tell_lag() {
  self_->delayed_send(self_, lag_every, mend_atom_v);
  if (broken_ || !lanes_)
    return;
  sink_lag word{config_->partition_id, 0, 0, lanes_->counts().waiting};
  const auto reached = lanes_->counts().decided() + lanes_->cursor().history_base();
  if (events_total_ > reached) {
    word.events = events_total_ - reached;
    word.oldest_committed_at_us = base::to_us(oldest_undecided().times().committed_at);
  }
  const bool same = word.events == told_.events && word.waiting == told_.waiting &&
                    word.oldest_committed_at_us == told_.oldest_committed_at_us;
  if (same)
    return;
  told_ = word;
  self_->send(config_->courier, word);
}

verdict sink_state::stop() {
  self_->quit();
  return {};
}

double sink_state::random01() {
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

sink_actor::behavior_type sink(sink_actor::stateful_pointer<sink_state> self, sink_actor_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
