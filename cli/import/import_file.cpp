#include "import/import.hpp"

#include "client/interruption.hpp"
#include "import/import_source.hpp"
#include "sources/files/rejects_file.hpp"
#include "sources/files/resume_state.hpp"
#include "terminal/number_text.hpp"
#include "terminal/progress.hpp"

#include <cstdio>

namespace cxstream::cli {

namespace {

using client::steady_time;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds state_every{500};
constexpr milliseconds notice_from{500}; // shorter pauses are nobody's business

// What comes by a pipe is gone: there is nothing to go on with.
bool can_resume(const std::string& file) {
  return file != "-";
}

std::string base_name(const std::string& file) {
  if (file == "-")
    return "standard input";
  return std::filesystem::path(file).filename().string();
}

std::string state_file(const import_options& options, const std::string& file) {
  return options.state.empty() ? file + ".cxstream-import" : options.state;
}

// One file's import: what is kept on disk while it runs, and what is shown.
class file_import {
public:
  file_import(const import_options& options, const std::string& file, const sources::mapping& rules,
              std::uint64_t rejects_before)
      : options_(options), file_(file), rules_(rules), rejects_before_(rejects_before),
        display_(options.quiet ? terminal::progress_display::kind::silent
                               : terminal::progress_display::fitting_stderr()) {
    outcome_.file = file;
  }

  import_outcome run();

private:
  import_outcome stopped(client::exit_code code, std::string why) {
    outcome_.code = code;
    outcome_.trouble = std::move(why);
    return outcome_;
  }
  base::result<sources::resume_state> find_state();
  void on_progress(import_source& source, steady_time now);
  void on_retry(const grpc::Status& why, milliseconds pause);
  void save(import_source& source);
  void settle_outcome(import_source& source, const grpc::Status& status);
  double seconds_now() const {
    return state_.seconds + std::chrono::duration<double>(steady_clock::now() - began_).count();
  }

  const import_options& options_;
  const std::string& file_;
  const sources::mapping& rules_;
  std::uint64_t rejects_before_;
  terminal::progress_display display_;
  sources::resume_state state_; // where this run began
  std::optional<sources::rejects_file> rejects_;
  std::string disk_trouble_;
  steady_time began_ = steady_clock::now();
  steady_time saved_at_ = began_;
  double share_before_ = 0;
  import_outcome outcome_;
};

base::result<sources::resume_state> file_import::find_state() {
  if (!can_resume(file_))
    return sources::resume_state{{}, 0, {}, rejects_before_, 0};
  auto identity = sources::identify(file_, rules_.fingerprint, options_.node.server, options_.shuffle);
  if (!identity)
    return identity.err();
  sources::resume_state fresh{*std::move(identity), 0, {}, rejects_before_, 0};
  if (!options_.resume)
    return fresh;
  auto kept = sources::read_state(state_file(options_, file_));
  if (!kept)
    return kept.err();
  if (!*kept)
    return fresh;
  if ((*kept)->identity != fresh.identity) {
    std::fprintf(stderr,
                 "%s: the file, its mapping, the node or the order changed since the last import; "
                 "beginning again\n",
                 base_name(file_).c_str());
    return fresh;
  }
  std::fprintf(stderr, "%s: going on after row %s (--no-resume begins again)\n", base_name(file_).c_str(),
               terminal::grouped((*kept)->settled).c_str());
  return **kept;
}

import_outcome file_import::run() {
  auto state = find_state();
  if (!state)
    return stopped(client::exit_usage, state.err().message);
  state_ = *std::move(state);
  outcome_.resumed_at = state_.settled;
  auto rows = sources::row_sequence::open(file_, rules_, options_.shuffle);
  if (!rows)
    return stopped(client::exit_usage, rows.err().message);
  if (!options_.rejects.empty()) {
    auto rejects = sources::rejects_file::open(options_.rejects, state_.rejects_bytes);
    if (!rejects)
      return stopped(client::exit_usage, rejects.err().message);
    rejects_ = *std::move(rejects);
  }
  import_source source(base_name(file_), *std::move(rows), sources::import_ledger(state_.settled, state_.counts),
                       options_.rate);
  if (const auto skipped = source.skip(state_.settled); !skipped)
    return stopped(client::exit_failed, skipped.err().message);
  share_before_ = source.share();
  began_ = saved_at_ = steady_clock::now();
  source.notify([&](steady_time now) { on_progress(source, now); },
                [&](const grpc::Status& why, milliseconds pause) { on_retry(why, pause); });

  client::publish_limits limits;
  limits.in_flight_events = options_.in_flight;
  limits.patience = milliseconds(static_cast<std::int64_t>(options_.patience_s * 1e3));
  client::publisher publisher(client::connect(options_.node), limits, client::interrupted());
  const auto status = publisher.run(source, source);
  display_.clear();
  settle_outcome(source, status);
  return outcome_;
}

void file_import::settle_outcome(import_source& source, const grpc::Status& status) {
  save(source);
  outcome_.counts = source.ledger().counts();
  outcome_.seconds = seconds_now();
  const auto row = terminal::grouped(source.ledger().settled());
  const std::string go_on = can_resume(file_) ? "; the same command goes on from there"
                                              : "; sent again from the beginning, what is there already is a duplicate";
  if (status.error_code() == grpc::StatusCode::CANCELLED)
    stopped(client::exit_interrupted, "interrupted after row " + row + go_on);
  else if (!status.ok())
    stopped(client::exit_unreachable,
            client::explain(status, options_.node.server) + "; stopped after row " + row + go_on);
  else if (source.read_error())
    stopped(client::exit_failed, source.read_error()->message);
  else if (!disk_trouble_.empty())
    stopped(client::exit_failed, disk_trouble_);
  else
    outcome_.code = outcome_.counts.all_taken() ? client::exit_ok : client::exit_failed;
  // A whole import leaves no state: the next one of the same file looks at every row again.
  if (can_resume(file_) && status.ok() && !source.read_error())
    sources::remove_state(state_file(options_, file_));
}

void file_import::on_progress(import_source& source, steady_time now) {
  if (now - saved_at_ >= state_every) {
    save(source);
    saved_at_ = now;
  }
  terminal::progress shown{.what = base_name(file_), .items = source.ledger().settled(), .share = source.share()};
  shown.elapsed = std::chrono::duration_cast<milliseconds>(now - began_);
  shown.items_before = state_.settled;
  shown.share_before = share_before_;
  display_.show(shown, now);
}

void file_import::on_retry(const grpc::Status& why, milliseconds pause) {
  display_.clear();
  if (!options_.quiet && pause >= notice_from)
    std::fprintf(stderr, "%s: the node is away or busy (%s); trying again in %s\n", base_name(file_).c_str(),
                 why.error_message().empty() ? "the stream ended" : why.error_message().c_str(),
                 terminal::span(pause).c_str());
}

// First the rejected rows, then how far it came: what a crash between the two leaves is cut back at the next start.
void file_import::save(import_source& source) {
  const auto lines = source.ledger().take_refused_lines();
  if (rejects_) {
    if (const auto written = rejects_->append(lines); !written)
      disk_trouble_ = written.err().message;
  }
  if (!can_resume(file_) || source.ledger().settled() == state_.settled)
    return; // nothing new; a node that was never reached leaves no file behind
  auto now = state_;
  now.settled = source.ledger().settled();
  now.counts = source.ledger().counts();
  now.rejects_bytes = rejects_ ? rejects_->size_bytes() : 0;
  now.seconds = seconds_now();
  if (const auto written = sources::write_state(state_file(options_, file_), now); !written)
    disk_trouble_ = written.err().message;
}

} // namespace

import_outcome import_file(const import_options& options, const std::string& file, const sources::mapping& rules,
                           std::uint64_t rejects_before) {
  return file_import(options, file, rules, rejects_before).run();
}

} // namespace cxstream::cli
