#include "taxonomy/taxonomy.hpp"

#include "client/interruption.hpp"
#include "model/revision.hpp"
#include "model/tag_coverage.hpp"
#include "sources/files/event_reader.hpp"
#include "sources/mapping/load.hpp"
#include "taxonomy/coverage_report.hpp"
#include "taxonomy/history_feed.hpp"

#include <unistd.h>

#include <cstdio>

namespace cxstream::cli {

namespace {

struct choice {
  std::optional<std::int64_t> since_us;
  std::string source;

  bool takes(const v1::CanonicalEvent& event) const {
    return (source.empty() || event.source_system() == source) &&
           (!since_us || model::to_us(event.occurred_at()) >= *since_us);
  }
};

int read_node(const taxonomy_options& options, const choice& wanted, model::tag_coverage& coverage) {
  feed_request request;
  request.node = options.call.node;
  request.name = "taxonomy-coverage-" + std::to_string(::getpid());
  if (!wanted.source.empty())
    request.filter.add_source_systems(wanted.source);
  request.what = "history";
  request.display = terminal::progress_display::fitting_stderr();
  history_feed feed(request);
  const auto end = feed.run([&](std::span<const v1::CanonicalEvent> events) {
    for (const auto& event : events)
      if (wanted.takes(event))
        coverage.add(event);
    return true;
  });
  const auto left_behind = end.code == client::exit_unreachable ? std::nullopt : feed.forget();
  if (left_behind)
    fail(client::exit_failed, *left_behind);
  if (end.code != client::exit_ok)
    return end.trouble.empty() ? end.code : fail(end.code, end.trouble);
  return left_behind ? client::exit_failed : client::exit_ok;
}

int read_file(const taxonomy_options& options, const choice& wanted, model::tag_coverage& coverage) {
  const auto rules = sources::canonical_mapping();
  auto reader = sources::event_reader::open(options.events, rules);
  if (!reader)
    return fail(client::exit_usage, reader.err().message);
  terminal::progress_display display(terminal::progress_display::fitting_stderr());
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t refused = 0;
  sources::mapped_row row;
  auto more = reader->next(row);
  for (; more && *more; more = reader->next(row)) {
    if (client::interrupted())
      return client::exit_interrupted;
    if (row.refused && ++refused <= 10)
      fail(client::exit_failed, options.events + ":" + std::to_string(row.line) + ": " + row.refused->message);
    else if (!row.refused && wanted.takes(row.event))
      coverage.add(row.event);
    if (row.number % 1'024 != 0)
      continue;
    const auto now = std::chrono::steady_clock::now();
    terminal::progress state{options.events, row.number, "events"};
    if (reader->size() > 0)
      state.share = static_cast<double>(reader->position()) / static_cast<double>(reader->size());
    state.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - began);
    display.show(state, now);
  }
  display.clear();
  if (!more)
    return fail(client::exit_failed, more.err().message);
  if (refused > 0)
    return fail(client::exit_failed, std::to_string(refused) + " lines of " + options.events + " are no events");
  return client::exit_ok;
}

} // namespace

int measure_coverage(const taxonomy_options& options) {
  const auto document = load_named_taxonomy(options);
  if (!document)
    return fail(client::exit_usage, document.err().message);
  const auto since = time_of(options);
  if (!since)
    return fail(client::exit_usage, since.err().message);
  choice wanted{{}, options.source};
  if (*since)
    wanted.since_us = model::to_us(**since);
  model::tag_coverage coverage(document->rules);
  const auto code =
      options.events.empty() ? read_node(options, wanted, coverage) : read_file(options, wanted, coverage);
  if (code == client::exit_usage || code == client::exit_unreachable || code == client::exit_interrupted)
    return code;
  const auto text = options.call.json ? coverage_json(coverage, document->rules.version(), options.top)
                                      : coverage_text(coverage, document->rules.version(), options.top,
                                                      terminal::style::of_stdout(), terminal::stdout_width());
  std::fputs(text.c_str(), stdout);
  return code;
}

} // namespace cxstream::cli
