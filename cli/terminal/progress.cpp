#include "terminal/progress.hpp"

#include "terminal/number_text.hpp"
#include "terminal/style.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cxstream::terminal {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds bar_every{100};
constexpr milliseconds sentence_every{5'000};
constexpr std::size_t bar_most = 40;
constexpr std::size_t bar_least = 10;

double rate_of(const progress& state) {
  const auto seconds = std::chrono::duration<double>(state.elapsed).count();
  return seconds <= 0 ? 0 : static_cast<double>(state.items - state.items_before) / seconds;
}

std::optional<milliseconds> time_left(const progress& state) {
  if (!state.share || *state.share <= state.share_before || state.elapsed.count() <= 0)
    return std::nullopt;
  const auto done = *state.share - state.share_before;
  const auto left = std::max(0.0, 1.0 - *state.share);
  return milliseconds(std::llround(static_cast<double>(state.elapsed.count()) * left / done));
}

} // namespace

std::string progress_bar(const progress& state, std::size_t width) {
  std::string tail;
  if (state.share)
    tail += "  " + percent(std::clamp(*state.share, 0.0, 1.0));
  tail += "  " + grouped(state.items) + " " + state.unit + "  " + per_second(rate_of(state));
  if (const auto left = time_left(state))
    tail += "  ETA " + span(*left);
  const auto used = display_width(state.what) + display_width(tail) + 4;
  if (!state.share || used + bar_least > width)
    return fitted(state.what + tail, width);
  const auto size = std::min(bar_most, width - used);
  const auto filled = static_cast<std::size_t>(std::clamp(*state.share, 0.0, 1.0) * static_cast<double>(size));
  std::string bar(filled, '=');
  if (filled < size)
    bar += ">" + std::string(size - filled - 1, ' ');
  return state.what + "  [" + bar + "]" + tail;
}

std::string progress_sentence(const progress& state) {
  auto out = state.what + ": ";
  if (state.share)
    out += percent(std::clamp(*state.share, 0.0, 1.0)) + ", ";
  out += grouped(state.items) + " " + state.unit + ", " + per_second(rate_of(state));
  if (const auto left = time_left(state))
    out += ", " + span(*left) + " left";
  return out;
}

progress_display::kind progress_display::fitting_stderr() {
  return stderr_is_terminal() ? kind::bar : kind::sentences;
}

void progress_display::show(const progress& state, std::chrono::steady_clock::time_point now) {
  if (wanted_ == kind::silent)
    return;
  if (!shown_at_ && wanted_ == kind::sentences)
    shown_at_ = now; // the first sentence after a while: short work needs none
  if (shown_at_ && now - *shown_at_ < (wanted_ == kind::bar ? bar_every : sentence_every))
    return;
  shown_at_ = now;
  if (wanted_ == kind::sentences) {
    std::fprintf(stderr, "%s\n", progress_sentence(state).c_str());
    return;
  }
  std::fprintf(stderr, "\r\x1b[K%s", progress_bar(state, stderr_width() - 1).c_str());
  std::fflush(stderr);
  bar_is_shown_ = true;
}

void progress_display::clear() {
  if (bar_is_shown_)
    std::fprintf(stderr, "\r\x1b[K");
  bar_is_shown_ = false;
}

} // namespace cxstream::terminal
