#include "import/import.hpp"

#include "client/interruption.hpp"
#include "client/json_text.hpp"
#include "sources/files/event_reader.hpp"
#include "sources/files/rejects_file.hpp"

#include <cstdio>

namespace cxstream::cli {

import_outcome try_file(const import_options& options, const std::string& file, const sources::mapping& rules) {
  import_outcome outcome;
  outcome.file = file;
  const auto stop_with = [&](client::exit_code code, const std::string& why) {
    outcome.code = code;
    outcome.trouble = why;
    return outcome;
  };
  auto reader = sources::event_reader::open(file, rules);
  if (!reader)
    return stop_with(client::exit_usage, reader.err().message);
  const auto began = std::chrono::steady_clock::now();
  const auto& stop = client::interrupted();
  std::uint64_t refused_shown = 0;
  bool shown = false;
  sources::mapped_row row;
  auto more = reader->next(row);
  for (; more && *more && !stop; more = reader->next(row)) {
    ++outcome.counts.rows;
    if (row.refused) {
      ++outcome.counts.unmapped;
      const auto line = sources::reject_line(file, row.number, row.line, row.raw, *row.refused);
      if (++refused_shown <= 10)
        std::fputs(line.c_str(), stderr);
    } else if (row.dropped) {
      ++outcome.counts.dropped;
    } else if (!shown && !options.json) {
      shown = true;
      std::printf("first event, row %llu:\n%s\n", static_cast<unsigned long long>(row.number),
                  client::to_json(row.event, client::json_layout::indented).c_str());
    }
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (!more)
    return stop_with(client::exit_failed, more.err().message);
  outcome.code = outcome.counts.all_taken() ? client::exit_ok : client::exit_failed;
  return outcome;
}

} // namespace cxstream::cli
