// Events on their way to a target, for the tests of connectors.
#pragma once

#include "base/time.hpp"
#include "model/revision.hpp"
#include "ports/target.hpp"

#include "cxstream/v1/event.pb.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cxstream::connectors_test {

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::int64_t start_us = 1'767'323'045'000'000; // 2026-01-02T03:04:05Z
constexpr base::timestamp now = base::from_us(start_us + day_us);

// A directory of the test's own, removed at the end.
class scratch_directory {
public:
  scratch_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "cxstream-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::filesystem::remove_all(path_);
  }
  std::string operator/(std::string_view name) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

inline v1::CanonicalEvent event_of(const std::string& ticket, std::uint64_t n) {
  v1::CanonicalEvent e;
  e.set_event_type("ticket.updated");
  e.set_ticket_id(ticket);
  model::set_us(*e.mutable_occurred_at(), start_us + static_cast<std::int64_t>(n) * 1'000'000);
  e.set_source_system("servicenow");
  e.set_idempotency_key(ticket + "/" + std::to_string(n));
  e.set_version(n);
  return e;
}

// Hands out places in the log as a node does.
class log_of_events {
public:
  ports::delivery add(v1::CanonicalEvent event, std::uint16_t partition = 3) {
    ports::delivery d;
    d.partition = base::partition_id{partition};
    d.offset = base::log_offset{offsets_[partition]++};
    d.sequence = base::ticket_sequence{++sequences_[event.ticket_id()]};
    d.ticket_id = event.ticket_id();
    auto& pipeline = *event.mutable_pipeline();
    pipeline.set_partition(partition);
    pipeline.set_offset(d.offset.value);
    pipeline.set_ticket_sequence(d.sequence.value);
    model::set_us(*pipeline.mutable_received_at(), start_us + 1);
    model::set_us(*pipeline.mutable_committed_at(), start_us + 2);
    d.event = event.SerializeAsString();
    return d;
  }
  ports::delivery add(const std::string& ticket, std::uint16_t partition = 3) {
    return add(event_of(ticket, sequences_[ticket] + 1), partition);
  }
  // Offsets that hold no event.
  void leave_gap(std::uint64_t offsets, std::uint16_t partition = 3) {
    offsets_[partition] += offsets;
  }

private:
  std::map<std::uint16_t, std::uint64_t> offsets_;
  std::map<std::string, std::uint64_t> sequences_;
};

inline std::vector<ports::delivery_result> results(const std::vector<ports::delivery_outcome>& outcomes) {
  std::vector<ports::delivery_result> out;
  for (const auto& o : outcomes)
    out.push_back(o.result);
  return out;
}

inline bool all_delivered(const std::vector<ports::delivery_outcome>& outcomes) {
  for (const auto& o : outcomes)
    if (o.result != ports::delivery_result::delivered)
      return false;
  return true;
}

} // namespace cxstream::connectors_test
