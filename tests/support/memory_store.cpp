#include "support/memory_store.hpp"

#include <utility>

namespace cxstream::support {

memory_store::memory_store() {
  for (auto& family : now_)
    family = std::make_shared<family_map>();
  flushed_ = now_;
}

base::result<void> memory_store::write(const ports::write_batch& batch, ports::durability how) {
  const std::lock_guard lock(mutex_);
  if (failing_ && failing_->good > 0) {
    --failing_->good;
  } else if (failing_) {
    if (!std::exchange(failing_->begun, true) && failing_->how == failure::leaves_visible)
      keep(batch, how == ports::durability::synced ? ports::durability::buffered : how);
    return base::error{failing_->code, "the store fails on purpose"};
  }
  keep(batch, how);
  return {};
}

void memory_store::keep(const ports::write_batch& batch, ports::durability how) {
  apply(now_, batch);
  since_.push_back({batch, how});
  if (how == ports::durability::synced)
    synced_ = since_.size();
}

base::result<std::optional<std::string>> memory_store::get(ports::family where, std::string_view key) const {
  const auto family = view(where);
  const auto it = family->find(key);
  return it == family->end() ? std::optional<std::string>() : std::optional<std::string>(it->second);
}

base::result<void> memory_store::scan(ports::family where, std::string_view from, std::string_view to,
                                      const ports::visitor& visit) const {
  const auto family = view(where);
  for (auto it = family->lower_bound(from); it != family->end() && (to.empty() || it->first < to); ++it)
    if (!visit(it->first, it->second))
      break;
  return {};
}

base::result<std::optional<std::pair<std::string, std::string>>>
memory_store::last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const {
  using found = std::optional<std::pair<std::string, std::string>>;
  const auto family = view(where);
  auto it = family->upper_bound(key);
  if (it == family->begin() || (--it)->first < lowest)
    return found();
  return found(*it);
}

base::result<void> memory_store::mend() {
  const std::lock_guard lock(mutex_);
  if (failing_ && (failing_->begun || failing_->good == 0)) {
    if (--failing_->mends > 0)
      return base::error{failing_->code, "still failing"};
    failing_.reset();
  }
  synced_ = since_.size();
  return {};
}

void memory_store::flush() {
  const std::lock_guard lock(mutex_);
  flushed_ = now_;
  since_.clear();
  synced_ = 0;
}

void memory_store::crash_now(crash how, std::size_t unsynced_kept) {
  const std::lock_guard lock(mutex_);
  now_ = flushed_;
  std::vector<logged> kept;
  for (std::size_t i = 0; i < since_.size(); ++i) {
    auto& w = since_[i];
    if (w.how == ports::durability::derived)
      continue;
    if (how == crash::power_fails && i >= synced_) {
      if (unsynced_kept == 0)
        break;
      --unsynced_kept;
    }
    apply(now_, w.batch);
    kept.push_back(std::move(w));
  }
  since_ = std::move(kept);
  synced_ = since_.size();
  failing_.reset();
}

std::size_t memory_store::unsynced() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (auto i = synced_; i < since_.size(); ++i)
    count += since_[i].how != ports::durability::derived;
  return count;
}

void memory_store::fail_writes(base::error_code code, int mends, std::size_t good, failure how) {
  const std::lock_guard lock(mutex_);
  failing_ = planned_failure{code, good, how, mends};
}

std::map<std::string, std::string> memory_store::contents(ports::family where) const {
  const auto family = view(where);
  return {family->begin(), family->end()};
}

std::shared_ptr<const memory_store::family_map> memory_store::view(ports::family where) const {
  const std::lock_guard lock(mutex_);
  return now_[static_cast<std::size_t>(where)];
}

// A family that somebody else looks at (a scan, the flushed image) is copied before it changes.
void memory_store::apply(image& to, const ports::write_batch& batch) {
  for (const auto& op : batch.operations()) {
    auto& family = to[static_cast<std::size_t>(op.where)];
    if (family.use_count() > 1)
      family = std::make_shared<family_map>(*family);
    switch (op.what) {
      case ports::write_batch::kind::put:
        (*family)[op.key] = op.value;
        break;
      case ports::write_batch::kind::erase:
        family->erase(op.key);
        break;
      case ports::write_batch::kind::erase_range:
        family->erase(family->lower_bound(op.key), family->lower_bound(op.value));
        break;
    }
  }
}

} // namespace cxstream::support
