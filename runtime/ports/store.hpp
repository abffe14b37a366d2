// store: the node's ordered key-value storage, by families of keys, as everything above the disk sees it. Thread-safe.
//
// Invariants an implementation keeps:
//  1. A batch is written wholly or not at all, also across a crash.
//  2. durability::synced: when write() returns, this batch and every batch written before it with `buffered` or
//  `synced`
//     survive power loss.
//  3. durability::buffered survives the death of the process. durability::derived may be lost by either, but only as a
//  whole
//     suffix: what is found after a crash is the state after some earlier derived write, in all families together.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::ports {

// Kinds of data; keys are in ports/keys.hpp, values are the messages of cxstream/v1/storage.proto.
enum class family : std::uint8_t {
  log,          // LogBatch by partition and first offset; the truth everything derived can be rebuilt from
  history,      // AppliedBatch, same key as its LogBatch
  tickets,      // TicketSnapshot by partition and ticket
  ticket_index, // TicketIndex (full runs) by partition, ticket and run number
  accounts,     // empty value by partition, account and ticket
  applied,      // PartitionApplied by partition
  cursors,      // SinkCursor by sink and partition
  waiting,      // WaitingEntry by sink, partition, ticket and offset
  dead_letters, // DeadLetter by id
  meta,         // StoreManifest, SinkRecord by name, ImportJobRecord by id
};
constexpr std::size_t family_count = 10;

enum class durability : std::uint8_t { derived, buffered, synced };

class write_batch {
public:
  enum class kind : std::uint8_t { put, erase, erase_range };
  struct operation {
    kind what;
    family where;
    std::string key;
    std::string value; // put: the value; erase_range: the first key not erased
  };

  void put(family where, std::string key, std::string value) {
    operations_.push_back({kind::put, where, std::move(key), std::move(value)});
  }
  void erase(family where, std::string key) {
    operations_.push_back({kind::erase, where, std::move(key), {}});
  }
  // Erases [from, to).
  void erase_range(family where, std::string from, std::string to) {
    operations_.push_back({kind::erase_range, where, std::move(from), std::move(to)});
  }
  void append(write_batch&& other) {
    for (auto& op : other.operations_)
      operations_.push_back(std::move(op));
    other.operations_.clear();
  }
  bool empty() const {
    return operations_.empty();
  }
  const std::vector<operation>& operations() const {
    return operations_;
  }

private:
  std::vector<operation> operations_;
};

// Gets a key and value in key order; returns false to stop.
using visitor = std::function<bool(std::string_view key, std::string_view value)>;

class store {
public:
  virtual ~store() = default;
  // Errors: resource_exhausted (disk full), io, unavailable (an earlier failure is not yet mended; see mend()).
  virtual base::result<void> write(const write_batch& batch, durability how) = 0;
  virtual base::result<std::optional<std::string>> get(family where, std::string_view key) const = 0;
  // Visits keys of [from, to) in order; an empty `to` means to the end of the family.
  virtual base::result<void> scan(family where, std::string_view from, std::string_view to,
                                  const visitor& visit) const = 0;
  // The last key in [lowest, key], with its value.
  virtual base::result<std::optional<std::pair<std::string, std::string>>>
  last_at_or_before(family where, std::string_view key, std::string_view lowest) const = 0;
  // After a failed write: tries to work again. Success means that everything visible is durable.
  virtual base::result<void> mend() = 0;
};

} // namespace cxstream::ports
