#include "security/api_keys/key_ring.hpp"

namespace cxstream::security {

base::result<std::unique_ptr<key_ring>> key_ring::open(std::string path, ports::log& log, base::timestamp now) {
  auto first = load_keys(path);
  if (!first) {
    auto why = first.err();
    if (why.code == base::error_code::not_found)
      why.message += "; `cxstream key create --file " + path + "` makes the first key";
    return why;
  }
  return std::unique_ptr<key_ring>(new key_ring(std::move(path), log, std::move(*first), now));
}

key_ring::key_ring(std::string path, ports::log& log, read_keys first, base::timestamp now)
    : path_(std::move(path)), log_(log), keys_(std::make_shared<const key_set>(std::move(first.keys))),
      stamp_(first.stamp), looked_at_(now) {
}

key_verdict key_ring::check(std::string_view shown, const scope& needed, base::timestamp now) {
  return in_force(now)->check(shown, needed, now);
}

std::optional<base::error> key_ring::problem() const {
  const std::lock_guard guard(mutex_);
  return problem_;
}

std::size_t key_ring::size() const {
  const std::lock_guard guard(mutex_);
  return keys_->size();
}

std::shared_ptr<const key_set> key_ring::in_force(base::timestamp now) {
  const std::lock_guard guard(mutex_);
  // A clock that was turned back must not stop the looking.
  if (now < looked_at_ || now - looked_at_ >= look_every) {
    looked_at_ = now;
    look();
  }
  return keys_;
}

void key_ring::look() {
  const auto stamp = stamp_of(path_);
  if (!stamp) {
    if (stamp_ || !problem_)
      note(stamp.err());
    stamp_.reset();
    return;
  }
  if (stamp_ && *stamp_ == *stamp)
    return;
  auto loaded = load_keys(path_);
  if (!loaded) {
    stamp_ = *stamp;
    note(loaded.err());
    return;
  }
  stamp_ = loaded->stamp;
  keys_ = std::make_shared<const key_set>(std::move(loaded->keys));
  problem_.reset();
  log_.info("API keys were read again", {{"file", path_}, {"keys", keys_->size()}});
}

void key_ring::note(base::error problem) {
  problem_ = std::move(problem);
  log_.error("the file of API keys cannot be used; the last good keys stay in force, changes to it do not count",
             {{"file", path_}, {"problem", problem_->message}});
}

} // namespace cxstream::security
