#include "sources/csv/record_parser.hpp"

namespace cxstream::sources {

namespace {

constexpr std::size_t looked_at_bytes = 32u << 10u;
constexpr std::size_t looked_at_records = 50;
constexpr char candidates[] = {',', ';', '\t', '|'};

} // namespace

// The one with which the most records have as many cells as the first; of equal ones that with the most cells.
char csv_reader::guess_separator(std::string_view head, const csv_options& options) {
  // The last line is cut where the head ends, unless that is all there is.
  const auto end = head.size() > looked_at_bytes ? head.rfind('\n', looked_at_bytes) : std::string_view::npos;
  const auto sample = head.substr(0, end == std::string_view::npos ? looked_at_bytes : end + 1);
  char best = ',';
  std::pair<std::size_t, std::size_t> best_score;
  for (const auto candidate : candidates) {
    auto with = options;
    with.separator = candidate;
    record_parser parser(with);
    if (candidate == options.quote || !parser.feed(sample))
      continue;
    if (head.size() <= looked_at_bytes)
      (void)parser.finish(); // a quote that is open in the sample is told when the file is read
    std::size_t cells = 0;
    std::size_t alike = 0;
    for (std::size_t i = 0; i < looked_at_records && parser.take(); ++i) {
      if (i == 0)
        cells = parser.current().size();
      alike += parser.current().size() == cells ? 1 : 0;
    }
    if (const std::pair score{alike, cells}; cells > 1 && score > best_score) {
      best_score = score;
      best = candidate;
    }
  }
  return best;
}

} // namespace cxstream::sources
