// label_table: the series of one label, made when a value is first seen. Thread-safe; finding one takes no lock and
// allocates nothing.
//
// Invariants:
//  1. A series, once made, stays where it is as long as the table lives.
//  2. Besides "other" and "unknown" at most labels_max series are made: values that clients choose cannot fill the
//  memory of
//     the node or of Prometheus. What comes later, is too long or is not UTF-8 counts as "other", what is empty as
//     "unknown".
//  3. Readers see an index that is never changed; a new one takes its place, the old ones are kept (there are few).
#pragma once

#include "telemetry/label_text.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::telemetry {

template <class Series>
class label_table {
public:
  using maker = std::function<std::unique_ptr<Series>(const std::string& label)>;

  label_table(std::size_t labels_max, maker make) : labels_max_(labels_max), make_(std::move(make)) {
    versions_.push_back(std::make_unique<index>());
    current_.store(versions_.back().get(), std::memory_order_release);
  }

  Series& at(std::string_view value) {
    const index* now = current_.load(std::memory_order_acquire);
    if (const auto found = now->find(value); found != now->end())
      return *found->second;
    if (now->size() >= labels_max_)
      if (Series* other = other_.load(std::memory_order_acquire))
        return *other;
    return learn(value);
  }
  // Null when this value has no series of its own.
  const Series* find(std::string_view value) const {
    const index* now = current_.load(std::memory_order_acquire);
    const auto found = now->find(value);
    return found == now->end() ? nullptr : found->second;
  }
  // Visits each series with its label.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [label, series] : series_)
      visit(label, *series);
  }

private:
  using index = std::unordered_map<std::string_view, Series*>;

  Series& learn(std::string_view value) {
    const std::lock_guard lock(mutex_);
    const index& now = *versions_.back();
    if (const auto found = now.find(value); found != now.end())
      return *found->second;
    if (now.size() >= labels_max_) {
      Series& other = series_of("other");
      other_.store(&other, std::memory_order_release);
      return other;
    }
    Series& series = series_of(label_text(value));
    auto next = std::make_unique<index>(now);
    next->emplace(values_.emplace_back(value), &series);
    current_.store(next.get(), std::memory_order_release);
    versions_.push_back(std::move(next));
    return series;
  }
  Series& series_of(const std::string& label) {
    for (auto& [known, series] : series_)
      if (known == label)
        return *series;
    return *series_.emplace_back(label, make_(label)).second;
  }

  const std::size_t labels_max_;
  const maker make_;
  std::atomic<const index*> current_;
  std::atomic<Series*> other_ = nullptr;
  mutable std::mutex mutex_; // for what follows
  std::vector<std::unique_ptr<const index>> versions_;
  std::deque<std::string> values_; // what the indexes' keys refer to
  std::deque<std::pair<std::string, std::unique_ptr<Series>>> series_;
};

} // namespace cxstream::telemetry
