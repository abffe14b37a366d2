#include "serve/configured_source.hpp"

#include "sources/mapping/builtin.hpp"

namespace cxstream::cli {

configured_source::configured_source(const config::source_config& config, const model::validation_limits& limits,
                                     security::payload_verifier verifier)
    : config_(config), limits_(limits), verifier_(std::move(verifier)) {
}

base::result<std::shared_ptr<configured_source>> configured_source::make(const config::source_config& config,
                                                                         const model::validation_limits& limits) {
  auto verifier =
      security::payload_verifier::make({config.verify.scheme, config.verify.secrets, config.verify.options});
  if (!verifier)
    return verifier.err();
  std::shared_ptr<configured_source> source(new configured_source(config, limits, std::move(*verifier)));
  if (auto loaded = source->load(); !loaded)
    return loaded.err();
  return source;
}

base::result<void> configured_source::load() {
  std::error_code ignored; // a built-in mapping has no file
  seen_ = std::filesystem::last_write_time(config_.mapping, ignored);
  auto rules = sources::resolve_mapping(config_.mapping);
  if (!rules)
    return rules.err();
  auto mapper = sources::payload_mapper::make(std::move(*rules), limits_);
  if (!mapper)
    return mapper.err();
  const std::lock_guard lock(mutex_);
  mapper_ = std::make_shared<const sources::payload_mapper>(std::move(*mapper));
  return {};
}

std::shared_ptr<const sources::payload_mapper> configured_source::mapper() const {
  const std::lock_guard lock(mutex_);
  return mapper_;
}

ports::read_payload configured_source::read(const ports::payload& from, base::timestamp now) const {
  if (auto verified = verifier_.check(from, now); !verified)
    return {{}, {}, {{v1::BAD_SIGNATURE, "", verified.err().message, ""}}};
  return read_verified(from, now);
}

ports::read_payload configured_source::read_verified(const ports::payload& from, base::timestamp now) const {
  return mapper()->map(from, now);
}

bool configured_source::hides(std::string_view header_name) const {
  return verifier_.hides(header_name);
}

std::string configured_source::mapping_name() const {
  return mapper()->rules().label();
}

std::string configured_source::source_system() const {
  return mapper()->rules().fixed_source_system().value_or(config_.name);
}

base::result<configured_source::change> configured_source::look() {
  std::error_code ec;
  const auto now = std::filesystem::last_write_time(config_.mapping, ec);
  if (ec || now == seen_)
    return change::none;
  if (auto loaded = load(); !loaded)
    return loaded.err();
  return change::reloaded;
}

} // namespace cxstream::cli
