#include "import/import.hpp"

#include "client/interruption.hpp"
#include "failure.hpp"
#include "sources/files/watched_folder.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

namespace cxstream::cli {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds quiet{2000};
constexpr milliseconds between_looks{250};
constexpr milliseconds node_pause{5000};

// Sleeps in steps, so that Ctrl-C is heard.
void pause(milliseconds length) {
  for (milliseconds slept{0}; slept < length && !client::interrupted(); slept += between_looks)
    std::this_thread::sleep_for(between_looks);
}

std::vector<sources::file_sighting> files_in(const fs::path& folder) {
  std::vector<sources::file_sighting> out;
  std::error_code gone; // between listing and looking a file may be moved away
  for (fs::directory_iterator at(folder, gone), end; !gone && at != end; at.increment(gone)) {
    std::error_code of_file;
    if (!at->is_regular_file(of_file))
      continue;
    const auto changed = at->last_write_time(of_file);
    const auto bytes = at->file_size(of_file);
    if (!of_file)
      out.push_back({at->path().filename().string(), bytes,
                     std::chrono::time_point_cast<std::chrono::system_clock::duration>(
                         std::chrono::file_clock::to_sys(changed))});
  }
  return out;
}

// A place that nothing has yet: "a.csv", "a.csv.2", "a.csv.3" …
fs::path free_place(const fs::path& folder, const std::string& name) {
  auto place = folder / name;
  for (int n = 2; fs::exists(place); ++n)
    place = folder / (name + "." + std::to_string(n));
  return place;
}

// Imports what appears in a folder, one file after another; what was imported leaves it.
class folder_import {
public:
  folder_import(const import_options& options, fs::path folder) : options_(options), folder_(std::move(folder)) {
  }

  int run();

private:
  // False when the folder cannot be worked in any more.
  bool take(const std::string& name);
  bool put_away(const std::string& name, const import_outcome& outcome);

  const import_options& options_;
  fs::path folder_;
};

int folder_import::run() {
  std::error_code why;
  for (const auto* below : {"done", "failed"}) {
    fs::create_directories(folder_ / below, why);
    if (why)
      return fail(client::exit_usage, "cannot make " + (folder_ / below).string() + ": " + why.message());
  }
  sources::watched_folder watched(quiet);
  std::fprintf(stderr, "watching %s; Ctrl-C ends it\n", folder_.c_str());
  while (!client::interrupted()) {
    for (const auto& name : watched.look(files_in(folder_), std::chrono::system_clock::now())) {
      if (client::interrupted())
        break;
      if (!take(name))
        return client::exit_failed;
    }
    pause(between_looks);
  }
  return client::exit_ok;
}

bool folder_import::take(const std::string& name) {
  const auto file = (folder_ / name).string();
  auto options = options_;
  options.rejects = (folder_ / "failed" / (name + ".rejects.ndjson")).string();
  const auto rules = rules_for(options, file);
  import_outcome outcome;
  outcome.file = file;
  if (rules) {
    outcome = import_file(options, file, *rules, 0);
  } else {
    outcome.code = client::exit_usage;
    outcome.trouble = rules.err().message;
  }
  show_outcome(options, outcome);
  std::error_code ignored;
  if (fs::is_regular_file(options.rejects, ignored) && fs::file_size(options.rejects, ignored) == 0)
    fs::remove(options.rejects, ignored);
  if (outcome.code == client::exit_interrupted)
    return true; // it stays, with how far it came
  if (outcome.code == client::exit_unreachable) {
    pause(node_pause);
    return true;
  }
  return put_away(name, outcome);
}

bool folder_import::put_away(const std::string& name, const import_outcome& outcome) {
  const auto place = free_place(folder_ / (outcome.code == client::exit_ok ? "done" : "failed"), name);
  if (!outcome.trouble.empty())
    std::ofstream(place.string() + ".error.txt") << outcome.trouble << "\n";
  std::error_code why;
  fs::rename(folder_ / name, place, why);
  if (why)
    fail(client::exit_failed, "cannot move " + (folder_ / name).string() + " to " + place.string() + ": " +
                                  why.message() + "; it would be imported for ever");
  return !why;
}

} // namespace

int run_watch(const import_options& options) {
  if (!std::filesystem::is_directory(options.watch))
    return fail(client::exit_usage, "no such folder: " + options.watch);
  if (!options.mapping.empty()) { // a mapping that is wrong is no fault of any file
    if (const auto rules = rules_for(options, ""); !rules)
      return fail(client::exit_usage, rules.err().message);
  }
  return folder_import(options, options.watch).run();
}

} // namespace cxstream::cli
