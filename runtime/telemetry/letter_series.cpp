#include "telemetry/letter_series.hpp"

#include "telemetry/families.hpp"

namespace cxstream::telemetry {

namespace {

prometheus::Labels labels_of(const std::string& stage_and_sink) {
  const auto slash = stage_and_sink.find('/');
  if (slash == std::string::npos)
    return {{"stage", stage_and_sink}, {"sink", ""}};
  return {{"stage", stage_and_sink.substr(0, slash)}, {"sink", stage_and_sink.substr(slash + 1)}};
}

} // namespace

letter_families::letter_families(prometheus::Registry& registry)
    : letters(gauges(registry, "cxstream_dead_letters", "Dead letters there are.")),
      oldest_age(gauges(registry, "cxstream_dead_letters_oldest_age_seconds", "Age of the oldest dead letter.")),
      discarded(counters(registry, "cxstream_dead_letters_discarded_total", "Dead letters that a person gave up.")) {
}

letter_series::letter_series(letter_families& families, const std::string& stage_and_sink)
    : letters(families.letters.Add(labels_of(stage_and_sink))),
      oldest_age(families.oldest_age.Add(labels_of(stage_and_sink))),
      discarded(families.discarded.Add(labels_of(stage_and_sink))) {
}

} // namespace cxstream::telemetry
