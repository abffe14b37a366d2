#include "sources/contract/schema_guard.hpp"

#include "sources/contract/measured_document.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

constexpr std::chrono::seconds save_every{5};
constexpr std::chrono::seconds save_change_every{1};
constexpr std::uint32_t looked_at_max = 1'000; // a second, in warn mode
constexpr std::string_view too_deep = "it is nested too deep to be checked";

protocols::schema_policy policy_of(const contract_settings& settings) {
  protocols::schema_policy out{settings.learn, {}};
  if (settings.mode != contract_mode::warn)
    out.holds = settings.on;
  return out;
}

std::string_view name_of(contract_mode mode) {
  constexpr std::array<std::string_view, 3> names{"warn", "quarantine", "enforce"};
  return names[static_cast<std::size_t>(mode)];
}

// Elements of a list count as one place, so that a long list gives one entry of the timeline.
std::string place_of(const std::string& pointer) {
  std::string out;
  for (std::size_t at = 0; at < pointer.size();) {
    const auto end = std::min(pointer.find('/', at + 1), pointer.size());
    const auto step = std::string_view(pointer).substr(at, end - at);
    out += step.find_first_not_of("0123456789", 1) == std::string_view::npos && step.size() > 1 ? "/*" : step;
    at = end;
  }
  return out;
}

} // namespace

schema_guard::schema_guard(contract_settings settings, contract_services services, std::unique_ptr<json_schema> rules,
                           protocols::payload_schema learned)
    : settings_(std::move(settings)), services_(std::move(services)), rules_(std::move(rules)),
      learned_(std::move(learned)) {
}

base::result<std::shared_ptr<schema_guard>> schema_guard::make(contract_settings settings, contract_services services,
                                                               std::string_view kept) {
  std::unique_ptr<json_schema> rules;
  if (!settings.schema_file.empty()) {
    auto loaded = json_schema::load(settings.schema_file);
    if (!loaded)
      return loaded.err();
    rules = std::move(*loaded);
  }
  v1::SourceSchema state;
  if (!state.ParseFromArray(kept.data(), static_cast<int>(kept.size())))
    return base::error{base::error_code::corrupt, "the learned schema of source \"" + settings.source +
                                                      "\" cannot be read back; delete it from the store to learn anew"};
  protocols::payload_schema learned(policy_of(settings), state);
  return std::shared_ptr<schema_guard>(
      new schema_guard(std::move(settings), std::move(services), std::move(rules), std::move(learned)));
}

bool schema_guard::holds(v1::DriftKind kind) const {
  return settings_.mode != contract_mode::warn && settings_.on.contains(kind);
}

bool schema_guard::passes_unseen(base::timestamp now) {
  if (settings_.mode != contract_mode::warn)
    return false;
  std::vector<v1::SchemaDrift> noted;
  {
    const std::lock_guard lock(mutex_);
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    looked_at_ = second == second_ ? looked_at_ + 1 : 1;
    second_ = second;
    if (looked_at_ <= looked_at_max)
      return false;
    noted = learned_.pass_by(now);
    unsaved_ = true;
  }
  tell(noted);
  return true;
}

std::string schema_guard::check(std::string_view body, base::timestamp now) {
  if (passes_unseen(now))
    return {};
  const auto parsed = parse_json(body);
  if (!parsed)
    return {};
  std::string refused;
  std::vector<v1::SchemaDrift> noted;
  const auto add = [&](std::vector<v1::SchemaDrift> more) { noted.insert(noted.end(), more.begin(), more.end()); };
  std::vector<std::vector<schema_violation>> violations(parsed->documents.size());
  for (std::size_t i = 0; rules_ && i < parsed->documents.size(); ++i)
    violations[i] = rules_->check(*parsed->documents[i]);
  if (rules_ && parsed->too_deep)
    violations.push_back({{"", std::string(too_deep)}});
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < violations.size() && refused.empty(); ++i) {
      const bool held = !violations[i].empty() && holds(v1::DRIFT_SCHEMA_VIOLATION);
      if (!violations[i].empty()) {
        const auto& first = violations[i].front();
        add(learned_.violated(place_of(first.pointer), first.message, held, now));
        if (services_.count)
          services_.count(settings_.source, v1::DRIFT_SCHEMA_VIOLATION);
      }
      if (held)
        refused = violation_text(violations[i]);
      else if (i < parsed->documents.size()) {
        const auto seen = observe(parsed->documents[i]->value);
        auto judged = learned_.take(seen.values, seen.whole, now);
        add(std::move(judged.noted));
        refused = std::move(judged.why);
      }
    }
    unsaved_ = true;
  }
  tell(noted);
  if (!noted.empty())
    save_change(now);
  return refused.empty() ? refused : advice(refused);
}

std::string schema_guard::check_again(std::string_view body) const {
  const auto parsed = parse_json(body);
  if (!parsed)
    return {};
  for (const auto& document : parsed->documents) {
    if (rules_ && holds(v1::DRIFT_SCHEMA_VIOLATION))
      if (const auto violations = rules_->check(*document); !violations.empty())
        return advice(violation_text(violations));
    const auto seen = observe(document->value);
    const std::lock_guard lock(mutex_);
    if (const auto why = learned_.judge_again(seen.values, seen.whole); !why.empty())
      return advice(why);
  }
  return rules_ && parsed->too_deep && holds(v1::DRIFT_SCHEMA_VIOLATION) ? advice(std::string(too_deep))
                                                                         : std::string();
}

std::string schema_guard::violation_text(const std::vector<schema_violation>& violations) const {
  std::string out;
  for (const auto& [pointer, message] : violations)
    out += (out.empty() ? "" : "; ") + (pointer.empty() ? "the payload" : pointer) + ": " + message;
  return "it does not follow " + settings_.schema_file + " (" + out + ")";
}

std::string schema_guard::advice(const std::string& why) const {
  return "the payload breaks the contract of this source: " + why +
         ". Mend the sender; or, when this is how payloads look now, " + "run `cxstream schema accept " +
         settings_.source + "` (a JSON Schema: change the file) and requeue";
}

void schema_guard::tell(const std::vector<v1::SchemaDrift>& noted) const {
  for (const auto& drift : noted) {
    if (services_.count && drift.kind() != v1::DRIFT_SCHEMA_VIOLATION)
      services_.count(settings_.source, drift.kind());
    services_.log.warn("the payloads of a source changed", {{"source", settings_.source},
                                                            {"kind", v1::DriftKind_Name(drift.kind())},
                                                            {"path", drift.path()},
                                                            {"detail", drift.detail()},
                                                            {"held", drift.held()}});
  }
}

void schema_guard::close(base::timestamp now) {
  {
    const std::lock_guard lock(mutex_);
    if (!unsaved_)
      return;
  }
  try_to_save(now);
}

void schema_guard::save_change(base::timestamp now) {
  {
    const std::lock_guard lock(mutex_);
    if (now - saved_at_ < save_change_every)
      return;
  }
  try_to_save(now);
}

void schema_guard::try_to_save(base::timestamp now) {
  if (auto saved = save(now); !saved)
    services_.log.warn_sparsely("schema " + settings_.source, std::chrono::seconds{60},
                                "what was learned of a source's payloads could not be saved; it is tried again",
                                {{"source", settings_.source}, {"why", saved.err().message}});
}

base::result<void> schema_guard::save(base::timestamp now) {
  if (!services_.save)
    return {};
  const std::lock_guard one_at_a_time(saving_);
  std::string bytes;
  {
    const std::lock_guard lock(mutex_);
    bytes = learned_.state().SerializeAsString();
    unsaved_ = false;
    saved_at_ = now;
  }
  auto saved = services_.save(bytes);
  if (!saved) {
    const std::lock_guard lock(mutex_);
    unsaved_ = true;
  }
  return saved;
}

void schema_guard::look(base::timestamp now) {
  std::vector<v1::SchemaDrift> noted;
  bool due = false;
  {
    const std::lock_guard lock(mutex_);
    noted = learned_.watch(now);
    due = !noted.empty() || (unsaved_ && now - saved_at_ >= save_every);
  }
  tell(noted);
  if (due)
    save_change(now);
}

base::result<v1::AcceptSchemaResponse> schema_guard::accept(base::timestamp now) {
  v1::AcceptSchemaResponse out;
  {
    const std::lock_guard lock(mutex_);
    out.set_accepted(learned_.accept(now));
    out.set_version(learned_.version());
  }
  if (auto saved = save(now); !saved)
    return base::error{saved.err().code, "accepted, but it could not be saved and will be forgotten at a restart: " +
                                             saved.err().message};
  return out;
}

v1::SchemaSummary schema_guard::summary() const {
  const std::lock_guard lock(mutex_);
  auto out = learned_.summary();
  out.set_source(settings_.source);
  out.set_mode(std::string(name_of(settings_.mode)));
  out.set_schema_file(settings_.schema_file);
  return out;
}

v1::SourceSchema schema_guard::schema() const {
  const std::lock_guard lock(mutex_);
  return learned_.state();
}

} // namespace cxstream::sources
