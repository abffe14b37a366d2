// A guard over JSON texts, with what it saved and counted. Time goes on by a second with each payload.
#pragma once

#include "sources/contract/contract_book.hpp"
#include "sources/contract/guarded_reader.hpp"

#include <gmock/gmock.h>

#include <map>
#include <string>

namespace cxstream::sources {

struct deaf_log final : ports::log {
  bool enabled(ports::log_level) const override {
    return true;
  }
  void write(ports::log_level, std::string_view message, fields) override {
    lines.emplace_back(message);
  }
  void write_sparsely(ports::log_level, std::string_view, std::chrono::seconds, std::string_view message,
                      fields) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

struct set_clock final : ports::clock {
  base::timestamp now() const override {
    return at;
  }
  base::timestamp at = base::from_us(1'700'000'000'000'000);
};

struct guarded {
  explicit guarded(contract_settings with) : settings(std::move(with)) {
    settings.source = "desk";
    start();
  }
  void start() {
    auto made = schema_guard::make(settings,
                                   {log,
                                    [this](const std::string& bytes) -> base::result<void> {
                                      if (disk_is_full)
                                        return base::error{base::error_code::resource_exhausted, "the disk is full"};
                                      kept = bytes;
                                      ++saves;
                                      return {};
                                    },
                                    [this](const std::string&, v1::DriftKind kind) { ++counts[kind]; }},
                                   kept);
    ASSERT_TRUE(made) << made.err().message;
    guard = *made;
  }
  std::string check(const std::string& body) {
    clock.at += std::chrono::seconds{1};
    return guard->check(body, clock.at);
  }
  void learn(int payloads, const std::string& body) {
    for (int n = 0; n < payloads; ++n)
      ASSERT_EQ(check(body), "");
  }

  contract_settings settings;
  deaf_log log;
  set_clock clock;
  std::string kept;
  int saves = 0;
  bool disk_is_full = false;
  std::map<v1::DriftKind, int> counts;
  std::shared_ptr<schema_guard> guard;
};

} // namespace cxstream::sources
