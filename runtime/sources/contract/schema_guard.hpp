// schema_guard: the contract of one configured source: its payloads are checked against its JSON Schema, if it has one,
// and against what was learned of them (protocols::payload_schema). Thread-safe.
//
// Only JSON is guarded (also a document a line); what is not JSON passes, and the mapping says what is wrong with it.
// What was learned is kept through `save`: at once with a change (no more than once a second), else every few seconds.
// What a crash takes is learned again.
//
//   warn: every payload passes; changes are noted once and known from then on. A look at a payload costs about 50 µs of
//   a core, so that no more than 1,000 a second are looked at; all are counted.
//   quarantine, enforce: a payload that breaks the contract in one of the ways in `on` is refused; nothing is learned
//   from it until accept(). Other changes are noted once, as in warn.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/log.hpp"
#include "protocols/payload_schema.hpp"
#include "sources/contract/json_schema.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace cxstream::sources {

enum class contract_mode : std::uint8_t { warn, quarantine, enforce };

struct contract_settings {
  std::string source;
  contract_mode mode = contract_mode::warn;
  std::string schema_file; // empty: none
  std::set<v1::DriftKind> on = {v1::DRIFT_SCHEMA_VIOLATION, v1::DRIFT_NEW_FIELD, v1::DRIFT_TYPE_CHANGE,
                                v1::DRIFT_NEW_VALUE, v1::DRIFT_MISSING_FIELD};
  std::uint64_t learn = 200; // payloads
};

struct contract_services {
  ports::log& log;
  std::function<base::result<void>(const std::string& bytes)> save = {}; // empty: nothing is kept
  // A change that was noted, and each payload that broke the JSON Schema.
  std::function<void(const std::string& source, v1::DriftKind kind)> count = {};
};

class schema_guard {
public:
  // `kept`: what `save` was given last, empty for nothing. Errors: of the JSON Schema, and corrupt.
  static base::result<std::shared_ptr<schema_guard>> make(contract_settings settings, contract_services services,
                                                          std::string_view kept);

  // Why the payload is refused, for people; empty when it passes.
  std::string check(std::string_view body, base::timestamp now);
  // The same for one that came before and is tried again: nothing is learned from it.
  std::string check_again(std::string_view body) const;

  // To be called every few seconds.
  void look(base::timestamp now);
  // Saves what was not saved yet.
  void close(base::timestamp now);
  // Errors: of saving; then it is accepted all the same, until a restart.
  base::result<v1::AcceptSchemaResponse> accept(base::timestamp now);

  v1::SchemaSummary summary() const;
  v1::SourceSchema schema() const;
  const contract_settings& settings() const {
    return settings_;
  }

private:
  schema_guard(contract_settings settings, contract_services services, std::unique_ptr<json_schema> rules,
               protocols::payload_schema learned);
  bool holds(v1::DriftKind kind) const;
  bool passes_unseen(base::timestamp now);
  std::string violation_text(const std::vector<schema_violation>& violations) const;
  std::string advice(const std::string& why) const;
  void tell(const std::vector<v1::SchemaDrift>& noted) const;
  void save_change(base::timestamp now);
  void try_to_save(base::timestamp now);
  base::result<void> save(base::timestamp now);

  const contract_settings settings_;
  const contract_services services_;
  const std::unique_ptr<json_schema> rules_; // null: no JSON Schema
  std::mutex saving_;                        // taken before mutex_: what is saved last is newest
  mutable std::mutex mutex_;
  protocols::payload_schema learned_; // this and what follows: guarded by mutex_
  bool unsaved_ = false;
  base::timestamp saved_at_{};
  std::chrono::sys_seconds second_{}; // in which `looked_at_` payloads were looked at
  std::uint32_t looked_at_ = 0;
};

} // namespace cxstream::sources
