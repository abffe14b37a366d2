// `cxstream import FILE --upload`: the file goes to the node, which imports it by itself.
#include "import/import.hpp"

#include "calls.hpp"
#include "client/interruption.hpp"
#include "job/job.hpp"
#include "sources/input/raw_bytes.hpp"
#include "sources/mapping/builtin.hpp"
#include "terminal/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <variant>

namespace cxstream::cli {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t piece_bytes = 256u << 10u;

// A mapping that lies here goes along; another is the node's.
base::result<void> add_mapping(const std::string& wanted, v1::ImportSpec& spec) {
  std::error_code ignored;
  if (wanted.empty())
    return {};
  if (sources::builtin_text(wanted) || !fs::is_regular_file(wanted, ignored)) {
    spec.set_mapping(wanted);
    return {};
  }
  const auto rules = sources::resolve_mapping(wanted); // what is wrong with it is better said here
  if (!rules)
    return rules.err();
  std::ifstream in(wanted, std::ios::binary);
  spec.set_mapping_yaml(std::string(std::istreambuf_iterator<char>(in), {}));
  spec.set_mapping(fs::path(wanted).stem().string());
  return {};
}

base::result<v1::ImportSpec> spec_of(const import_options& options, const std::string& file) {
  v1::ImportSpec spec;
  spec.set_rows_per_second_max(options.rate);
  if (file == "-") {
    spec.set_name("standard input");
  } else {
    spec.set_name(fs::path(file).filename().string());
    std::error_code unknown;
    const auto at = fs::last_write_time(file, unknown);
    if (!unknown) {
      const auto since = std::chrono::file_clock::to_sys(at).time_since_epoch();
      const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
      spec.mutable_written_at()->set_seconds(seconds.count());
      spec.mutable_written_at()->set_nanos(
          static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count()));
    }
  }
  if (auto added = add_mapping(options.mapping, spec); !added)
    return added.err();
  return spec;
}

class file_upload {
public:
  file_upload(const import_options& options, std::string name)
      : options_(options), name_(std::move(name)),
        display_(options.quiet || options.json ? terminal::progress_display::kind::silent
                                               : terminal::progress_display::fitting_stderr()) {
  }

  // The job, or why there is none.
  std::variant<v1::ImportJob, grpc::Status, base::error> send(v1::ImportSpec spec, sources::raw_bytes& file) {
    const auto stub = v1::ImportService::NewStub(client::connect(options_.node));
    grpc::ClientContext context;
    const client::interruption_watch watch([&] { context.TryCancel(); });
    v1::UploadImportResponse answer;
    const auto stream = stub->UploadImport(&context, &answer);
    v1::UploadImportRequest message;
    *message.mutable_begin() = std::move(spec);
    bool goes_on = stream->Write(message);
    while (goes_on) {
      const auto bytes = file.read();
      if (!bytes) {
        context.TryCancel();
        return bytes.err();
      }
      if (bytes->empty())
        break;
      goes_on = write(*stream, *bytes);
      show(file.size());
    }
    message.set_end(sent_);
    if (goes_on && stream->Write(message))
      stream->WritesDone();
    const auto status = stream->Finish();
    display_.clear();
    if (status.ok())
      return std::move(*answer.mutable_job());
    return status;
  }

private:
  bool write(grpc::ClientWriter<v1::UploadImportRequest>& stream, std::string_view bytes) {
    v1::UploadImportRequest message;
    while (!bytes.empty()) {
      const auto piece = bytes.substr(0, piece_bytes);
      message.set_data(std::string(piece));
      if (!stream.Write(message))
        return false;
      sent_ += piece.size();
      bytes.remove_prefix(piece.size());
    }
    return true;
  }
  void show(std::uint64_t size) {
    const auto now = steady_clock::now();
    terminal::progress state{.what = name_ + ", upload", .items = sent_ >> 20u, .unit = "MiB"};
    if (size > 0)
      state.share = static_cast<double>(sent_) / static_cast<double>(size);
    state.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_);
    display_.show(state, now);
  }

  const import_options& options_;
  const std::string name_;
  terminal::progress_display display_;
  steady_clock::time_point began_ = steady_clock::now();
  std::uint64_t sent_ = 0;
};

int upload_file(const import_options& options, const std::string& path) {
  auto spec = spec_of(options, path);
  if (!spec)
    return fail(client::exit_usage, spec.err().message);
  auto file = sources::raw_bytes::open(path);
  if (!file)
    return fail(client::exit_usage, file.err().message);
  const auto name = spec->name();
  const auto sent = file_upload(options, name).send(*std::move(spec), **file);
  if (client::interrupted() && !std::holds_alternative<v1::ImportJob>(sent))
    return fail(client::exit_interrupted, "interrupted; nothing of " + name + " was kept");
  if (const auto* why = std::get_if<base::error>(&sent))
    return fail(client::exit_failed, why->message);
  if (const auto* status = std::get_if<grpc::Status>(&sent))
    return fail(client::exit_code_of(*status), client::explain(*status, options.node.server));
  const auto& job = std::get<v1::ImportJob>(sent);
  if (options.json && options.detach)
    client::print_json(job);
  if (!options.quiet && !options.json)
    std::fprintf(stderr, "%s is on the node: job %s (Ctrl-C leaves it running)\n", name.c_str(), job.id().c_str());
  if (options.detach)
    return client::exit_ok;
  job_options to_watch;
  to_watch.call = {options.node, options.json};
  to_watch.id = job.id();
  to_watch.quiet = options.quiet;
  return watch_job(to_watch);
}

} // namespace

int run_upload(const import_options& options) {
  if (!options.rejects.empty() || options.dry_run || options.shuffle || !options.resume || !options.state.empty())
    return fail(client::exit_usage,
                "import: --upload leaves the work to the node; it has no --rejects (see cxstream job "
                "rejects), --dry-run, --shuffle, --state or --no-resume");
  int code = client::exit_ok;
  for (const auto& file : options.files) {
    const auto of_file = upload_file(options, file);
    code = std::max(code, of_file);
    if (of_file > client::exit_failed)
      break;
  }
  return code;
}

} // namespace cxstream::cli
