#include "support/memory_store.hpp"

namespace cxstream::support {

base::result<void> memory_store::write(const ports::write_batch& batch, ports::durability how) {
  const std::lock_guard lock(mutex_);
  if (failing_)
    return base::error{*failing_, "the store fails on purpose"};
  apply(now_, batch);
  since_.push_back({batch, how});
  if (how == ports::durability::synced)
    synced_ = since_.size();
  return {};
}

base::result<std::optional<std::string>> memory_store::get(ports::family where, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto& family = now_[static_cast<std::size_t>(where)];
  const auto it = family.find(key);
  return it == family.end() ? std::optional<std::string>() : std::optional<std::string>(it->second);
}

base::result<void> memory_store::scan(ports::family where, std::string_view from, std::string_view to,
                                      const ports::visitor& visit) const {
  const std::lock_guard lock(mutex_);
  const auto view = now_[static_cast<std::size_t>(where)]; // a snapshot, as a real iterator has
  for (auto it = view.lower_bound(from); it != view.end() && (to.empty() || it->first < to); ++it)
    if (!visit(it->first, it->second))
      break;
  return {};
}

base::result<std::optional<std::pair<std::string, std::string>>>
memory_store::last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const {
  using found = std::optional<std::pair<std::string, std::string>>;
  const std::lock_guard lock(mutex_);
  const auto& family = now_[static_cast<std::size_t>(where)];
  auto it = family.upper_bound(key);
  if (it == family.begin() || (--it)->first < lowest)
    return found();
  return found(*it);
}

base::result<void> memory_store::mend() {
  const std::lock_guard lock(mutex_);
  if (failing_ && --mends_needed_ > 0)
    return base::error{*failing_, "still failing"};
  failing_.reset();
  synced_ = since_.size();
  return {};
}

void memory_store::flush() {
  const std::lock_guard lock(mutex_);
  flushed_ = now_;
  since_.clear();
  synced_ = 0;
}

void memory_store::crash_now(crash how) {
  const std::lock_guard lock(mutex_);
  now_ = flushed_;
  std::vector<logged> kept;
  for (std::size_t i = 0; i < since_.size(); ++i) {
    const auto& w = since_[i];
    if (w.how == ports::durability::derived || (how == crash::power_fails && i >= synced_))
      continue;
    apply(now_, w.batch);
    kept.push_back(w);
  }
  since_ = std::move(kept);
  synced_ = since_.size();
  failing_.reset();
}

void memory_store::fail_writes(base::error_code code, int mends) {
  const std::lock_guard lock(mutex_);
  failing_ = code;
  mends_needed_ = mends;
}

std::map<std::string, std::string> memory_store::contents(ports::family where) const {
  const std::lock_guard lock(mutex_);
  const auto& family = now_[static_cast<std::size_t>(where)];
  return {family.begin(), family.end()};
}

void memory_store::apply(image& to, const ports::write_batch& batch) {
  for (const auto& op : batch.operations()) {
    auto& family = to[static_cast<std::size_t>(op.where)];
    switch (op.what) {
      case ports::write_batch::kind::put:
        family[op.key] = op.value;
        break;
      case ports::write_batch::kind::erase:
        family.erase(op.key);
        break;
      case ports::write_batch::kind::erase_range:
        family.erase(family.lower_bound(op.key), family.lower_bound(op.value));
        break;
    }
  }
}

} // namespace cxstream::support
