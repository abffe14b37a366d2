#include "actors/dead_letter/letter_watch.hpp"

#include "model/revision.hpp"

#include "cxstream/v1/admin.pb.h"

#include <algorithm>

namespace cxstream::actors {

namespace {

constexpr int rest_for_each_count = 19;

} // namespace

letter_watch_actor::behavior_type letter_watch_state::start(letter_watch_config config) {
  config_.emplace(std::move(config));
  self_->send(self_, tick_atom_v);
  return {
      [this](tick_atom) { count(); },
      [this](stop_atom) {
        self_->quit();
        return verdict{};
      },
  };
}

void letter_watch_state::count() {
  const auto begun = config_->clock.now();
  std::map<letter_board::place, letter_board::count> counts;
  v1::DeadLetter letter;
  const auto visit = [&](std::string_view, std::string_view value) {
    if (!letter.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return true;
    auto& c = counts[{v1::DeadLetterStage_Name(letter.stage()), letter.sink()}];
    const auto at = base::from_us(model::to_us(letter.dead_at()));
    c.oldest = c.letters == 0 ? at : std::min(c.oldest, at);
    ++c.letters;
    return true;
  };
  const auto scanned = config_->store.scan(ports::family::dead_letters, {}, {}, visit);
  const auto now = config_->clock.now();
  if (scanned) {
    const auto before = config_->board->all();
    for (const auto& [place, gone] : before)
      counts.try_emplace(place, letter_board::count{}); // so that its series go to 0
    for (auto& [place, c] : counts) {
      const auto age = c.letters == 0 ? base::duration::zero() : std::max(base::duration::zero(), now - c.oldest);
      config_->metrics.dead_letters(place.first, place.second, c.letters, age);
      c.warning = warning_of(c, now);
      const auto known = before.find(place);
      const bool warned = known != before.end() && !known->second.warning.empty();
      if (!c.warning.empty() && !warned)
        config_->log.warn("dead letters wait for a person",
                          {{"stage", place.first}, {"sink", place.second}, {"what", c.warning}});
      else if (c.warning.empty() && warned)
        config_->log.info("dead letters are within their thresholds again",
                          {{"stage", place.first}, {"sink", place.second}});
    }
    config_->board->put(std::move(counts));
  }
  const auto rest = std::max<base::duration>(config_->every, (now - begun) * rest_for_each_count);
  self_->delayed_send(self_, rest, tick_atom_v);
}

std::string letter_watch_state::warning_of(const letter_board::count& c, base::timestamp now) const {
  const auto& most = config_->thresholds;
  if (most.letters > 0 && c.letters > most.letters)
    return std::to_string(c.letters) + " dead letters, more than " + std::to_string(most.letters);
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - c.oldest);
  if (most.age.count() > 0 && c.letters > 0 && age > most.age)
    return "the oldest dead letter is " + std::to_string(age.count()) + " s old, more than " +
           std::to_string(most.age.count()) + " s";
  return {};
}

letter_watch_actor::behavior_type letter_watch(letter_watch_actor::stateful_pointer<letter_watch_state> self,
                                               letter_watch_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
