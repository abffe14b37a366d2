#include "connectors/postgres/fitting.hpp"

#include "model/event_fields.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace cxstream::connectors::postgres {

namespace {

// What a dimension or a unique index holds.
constexpr std::array<std::string_view, 8> indexed{"ticket_id",   "source_system", "account_id", "agent_id",
                                                  "customer_id", "canonical_tag", "driver",     "raw_tags"};

std::string_view fault_of_text(std::string_view column, std::string_view text) {
  if (text.find('\0') != text.npos)
    return "has a NUL character, which PostgreSQL does not hold in text";
  if (text.size() > indexed_bytes_max && std::ranges::find(indexed, column) != indexed.end())
    return "is longer than an index holds";
  return {};
}

class fitter {
public:
  explicit fitter(std::vector<discard>& out) : out_(out) {
  }

  // Whether a value stays.
  bool keeps(std::string_view column, std::string_view text) {
    const auto fault = fault_of_text(column, text);
    if (!fault.empty())
      note(column, text, fault);
    return fault.empty();
  }
  void note(std::string_view column, std::string_view value, std::string_view reason) {
    out_.push_back({std::string(column), holdable(value, noted_bytes_max), std::string(reason)});
  }

private:
  std::vector<discard>& out_;
};

void fit_signal(fitter& fit, std::string_view column, v1::Signal* signal) {
  if (signal->has_label() && !fit.keeps(column, signal->label()))
    signal->clear_label();
}

void fit_lists(fitter& fit, v1::CanonicalEvent& e) {
  auto& tags = *e.mutable_raw_tags();
  tags.erase(std::remove_if(tags.begin(), tags.end(), [&](const auto& tag) { return !fit.keeps("raw_tags", tag); }),
             tags.end());
  if (e.has_cleared()) {
    auto& paths = *e.mutable_cleared()->mutable_paths();
    paths.erase(
        std::remove_if(paths.begin(), paths.end(), [&](const auto& path) { return !fit.keeps("cleared", path); }),
        paths.end());
  }
  auto& metrics = *e.mutable_custom_metrics();
  for (auto it = metrics.begin(); it != metrics.end();) {
    if (!std::isfinite(it->second))
      fit.note("custom_metrics", it->first, "its value is not a finite number, which JSON does not hold");
    if (std::isfinite(it->second) && fit.keeps("custom_metrics", it->first))
      ++it;
    else
      it = metrics.erase(it);
  }
}

} // namespace

std::string holdable(std::string_view text, std::size_t bytes_max) {
  auto cut = std::min(text.size(), bytes_max);
  while (cut < text.size() && cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U)
    --cut; // in the middle of a character
  std::string out;
  for (const char c : text.substr(0, cut))
    if (c == '\0')
      out += "\xef\xbf\xbd";
    else
      out += c;
  return out;
}

bool version_fits(const v1::CanonicalEvent& event) {
  return event.version() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

std::optional<std::string> make_fit(v1::CanonicalEvent& e, std::vector<discard>& discards) {
  for (const auto& [column, text] : {std::pair<std::string_view, const std::string&>{"ticket_id", e.ticket_id()},
                                     {"idempotency_key", e.idempotency_key()},
                                     {"event_type", e.event_type()},
                                     {"source_system", e.source_system()}})
    if (const auto fault = fault_of_text(column, text); !fault.empty())
      return std::string(column) + " " + std::string(fault);
  fitter fit(discards);
  for (const auto& field : model::fields::optional_texts)
    if ((e.*field.has)() && !fit.keeps(field.path, (e.*field.get)()))
      (e.*field.clear)();
  for (auto [column, text] : {std::pair{"event_id", e.mutable_event_id()},
                              {"schema_version", e.mutable_schema_version()},
                              {"mapping_version", e.mutable_mapping_version()},
                              {"taxonomy_version", e.mutable_pipeline()->mutable_taxonomy_version()}})
    if (!fit.keeps(column, *text))
      text->clear();
  if (e.has_sentiment())
    fit_signal(fit, "sentiment", e.mutable_sentiment());
  if (e.has_churn_risk())
    fit_signal(fit, "churn_risk", e.mutable_churn_risk());
  if (e.has_effort())
    fit_signal(fit, "effort", e.mutable_effort());
  if (!version_fits(e))
    fit.note("version", std::to_string(e.version()), "is greater than a bigint holds");
  fit_lists(fit, e);
  return std::nullopt;
}

} // namespace cxstream::connectors::postgres
