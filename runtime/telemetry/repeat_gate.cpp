#include "telemetry/repeat_gate.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::telemetry {

std::optional<std::uint64_t> repeat_gate::admit(std::string_view key, std::chrono::seconds every, time_point now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    make_room();
    entries_.emplace(key, entry{now});
    return 0;
  }
  entry& e = found->second;
  if (now - e.admitted < every) {
    ++e.left_out;
    return std::nullopt;
  }
  e.admitted = now;
  return std::exchange(e.left_out, 0);
}

void repeat_gate::make_room() {
  if (entries_.size() < keys_max_)
    return;
  entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                  [](const auto& a, const auto& b) { return a.second.admitted < b.second.admitted; }));
}

} // namespace cxstream::telemetry
