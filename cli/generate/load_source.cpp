#include "generate/load_source.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::cli {

namespace {

constexpr std::size_t batch_bytes_max = 3u << 20u; // the node takes 4 MiB
constexpr std::chrono::microseconds rate_step{1'000};

} // namespace

base::timestamp occurred_at(const load_plan& plan, std::uint64_t number) {
  if (plan.live_clock)
    return std::chrono::time_point_cast<base::duration>(std::chrono::system_clock::now());
  return simulated_start + number * std::chrono::milliseconds(1);
}

client::next_batch load_source::next(std::uint32_t events_max, client::steady_time now) {
  if (!began_)
    began_ = now;
  const auto made = stream_.counts().events;
  if ((plan_.count > 0 && made >= plan_.count) || (plan_.until && now >= *plan_.until))
    return client::no_more_batches{};
  std::uint64_t wanted = std::min(events_max, plan_.batch);
  if (plan_.count > 0)
    wanted = std::min(wanted, plan_.count - made);
  auto due = now;
  if (plan_.rate > 0) {
    const auto owed = std::chrono::duration<double>(now - *began_).count() * plan_.rate - static_cast<double>(made);
    if (owed < 1)
      return client::batch_later{now + rate_step};
    wanted = std::min(wanted, static_cast<std::uint64_t>(owed));
    const std::chrono::duration<double> at((static_cast<double>(made) + 1) / plan_.rate);
    due = *began_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(at);
  }
  const auto at = occurred_at(plan_, made);
  for (std::uint64_t i = 0; i < wanted && builder_.size_bytes() < batch_bytes_max; ++i)
    builder_.add(stream_.next(plan_.live_clock ? at : occurred_at(plan_, made + i)));
  bytes_ += builder_.size_bytes();
  return builder_.finish(next_id_++, due);
}

void load_source::on_answer(const client::event_batch& batch, const v1::PublishResponse& answer,
                            client::steady_time now) {
  for (const auto& result : answer.results())
    sources::count(outcomes_, result);
  latency_.add(now - batch.due, batch.events);
  acknowledged_.fetch_add(batch.events, std::memory_order_relaxed);
}

void load_source::on_retry(const grpc::Status&, std::chrono::milliseconds) {
  ++retries_;
}

} // namespace cxstream::cli
