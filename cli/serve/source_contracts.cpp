#include "serve/source_contracts.hpp"

#include <array>
#include <utility>

namespace cxstream::cli {

namespace {

std::string key_of(const std::string& source) {
  return "schema/" + source;
}

sources::contract_settings settings_of(const config::source_config& source) {
  static constexpr std::array<std::pair<std::string_view, v1::DriftKind>, 5> kinds{
      {{"schema", v1::DRIFT_SCHEMA_VIOLATION},
       {"new_field", v1::DRIFT_NEW_FIELD},
       {"type_change", v1::DRIFT_TYPE_CHANGE},
       {"new_value", v1::DRIFT_NEW_VALUE},
       {"missing_field", v1::DRIFT_MISSING_FIELD}}};
  const auto& contract = source.contract;
  sources::contract_settings out;
  out.source = source.name;
  out.mode = contract.mode == "enforce"      ? sources::contract_mode::enforce
             : contract.mode == "quarantine" ? sources::contract_mode::quarantine
                                             : sources::contract_mode::warn;
  out.schema_file = contract.schema;
  out.learn = contract.learn;
  out.on.clear();
  for (const auto& [name, kind] : kinds)
    for (const auto& asked : contract.on)
      if (asked == name)
        out.on.insert(kind);
  return out;
}

} // namespace

base::result<std::unique_ptr<sources::contract_book>> start_contracts(const config::node_config& config,
                                                                      const contract_ground& ground) {
  auto book = std::make_unique<sources::contract_book>(ground.clock);
  for (const auto& source : config.sources) {
    if (source.removed)
      continue;
    const auto key = key_of(source.name);
    auto kept = ground.store.get(ports::family::meta, key);
    if (!kept)
      return kept.err();
    const auto save = [&store = ground.store, key](const std::string& bytes) {
      ports::write_batch batch;
      batch.put(ports::family::meta, key, bytes);
      return store.write(batch, ports::durability::buffered);
    };
    const auto count = [&metrics = ground.metrics](const std::string& name, v1::DriftKind kind) {
      metrics.drifted(name, kind);
    };
    auto guard = sources::schema_guard::make(settings_of(source), {ground.log, save, count}, kept->value_or(""));
    if (!guard)
      return base::error{guard.err().code, "source \"" + source.name + "\" (line " + std::to_string(source.line) +
                                               " of the configuration): " + guard.err().message};
    book->add(std::move(*guard));
  }
  return book;
}

} // namespace cxstream::cli
