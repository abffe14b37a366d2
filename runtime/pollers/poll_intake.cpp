#include "pollers/poll_intake.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::pollers {

namespace {

constexpr std::size_t batch_events_max = 512;
constexpr std::size_t batch_bytes_max = 1u << 20u;

// Takes events off the end of `from`, turned round beforehand, until a batch is full.
v1::RawPublishRequest next_batch(std::vector<std::string>& from) {
  v1::RawPublishRequest batch;
  std::size_t bytes = 0;
  while (!from.empty() && static_cast<std::size_t>(batch.events_size()) < batch_events_max &&
         (bytes == 0 || bytes + from.back().size() <= batch_bytes_max)) {
    bytes += from.back().size();
    batch.add_events(std::move(from.back()));
    from.pop_back();
  }
  return batch;
}

std::vector<v1::DeadLetter> next_letters(std::vector<v1::DeadLetter>& from) {
  std::vector<v1::DeadLetter> out;
  std::size_t bytes = 0;
  while (!from.empty() && out.size() < batch_events_max &&
         (bytes == 0 || bytes + from.back().payload().size() <= batch_bytes_max)) {
    bytes += from.back().payload().size();
    out.push_back(std::move(from.back()));
    from.pop_back();
  }
  return out;
}

} // namespace

poll_intake::poll_intake(ports::ingest_gate& gate, const std::string& source, std::chrono::milliseconds patience)
    : intake_(gate, {"poll/" + source, {}}, patience) {
}

base::result<taken_page> poll_intake::take(std::vector<std::string> events, std::vector<v1::DeadLetter> refused,
                                           const std::stop_token& stop) {
  taken_page out;
  std::ranges::reverse(events);
  std::ranges::reverse(refused);
  while (!events.empty() || !refused.empty()) {
    auto batch = next_batch(events);
    const int sent = batch.events_size();
    auto answer =
        intake_.submit(std::move(batch), events.empty() ? next_letters(refused) : std::vector<v1::DeadLetter>(), stop);
    if (!answer)
      return answer.err();
    for (int i = 0; i < sent && i < answer->results_size(); ++i) {
      const auto& result = answer->results(i);
      if (result.outcome() == v1::ACCEPTED)
        ++out.accepted;
      else if (result.outcome() == v1::DUPLICATE)
        ++out.duplicates;
      else
        out.rejected.push_back(result.reason());
    }
  }
  return out;
}

} // namespace cxstream::pollers
