// A ports::store in front of another one, with a tap on what is written: to count it, to change it, or to lose it.
#pragma once

#include "ports/store.hpp"

#include <functional>
#include <optional>

namespace cxstream::support {

class tapped_store final : public ports::store {
public:
  // Sees every write first, and may change it; a result that it returns is the answer, and nothing is written.
  using tap = std::function<std::optional<base::result<void>>(ports::write_batch&, ports::durability&)>;

  tapped_store(ports::store& inner, tap on_write) : inner_(inner), on_write_(std::move(on_write)) {
  }

  base::result<void> write(const ports::write_batch& batch, ports::durability how) override {
    auto changed = batch;
    if (auto answer = on_write_(changed, how))
      return *answer;
    return inner_.write(changed, how);
  }
  base::result<std::optional<std::string>> get(ports::family where, std::string_view key) const override {
    return inner_.get(where, key);
  }
  base::result<void> scan(ports::family where, std::string_view from, std::string_view to,
                          const ports::visitor& visit) const override {
    return inner_.scan(where, from, to, visit);
  }
  base::result<std::optional<std::pair<std::string, std::string>>>
  last_at_or_before(ports::family where, std::string_view key, std::string_view lowest) const override {
    return inner_.last_at_or_before(where, key, lowest);
  }
  base::result<void> mend() override {
    return inner_.mend();
  }

private:
  ports::store& inner_;
  tap on_write_;
};

} // namespace cxstream::support
