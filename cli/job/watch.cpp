#include "job/job.hpp"

#include "client/interruption.hpp"
#include "terminal/progress.hpp"

#include <cstdio>
#include <optional>
#include <thread>

namespace cxstream::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds node_patience{60};
constexpr milliseconds between_tries{500};

class job_watch {
public:
  explicit job_watch(const job_options& options)
      : options_(options), stub_(v1::ImportService::NewStub(client::connect(options.call.node))),
        display_(options.quiet || options.call.json ? terminal::progress_display::kind::silent
                                                    : terminal::progress_display::fitting_stderr()) {
  }

  int run() {
    auto heard_at = steady_clock::now();
    while (true) {
      const auto status = listen(heard_at);
      display_.clear();
      if (client::interrupted())
        return left();
      if (status.ok())
        return told();
      const bool is_away = status.error_code() == grpc::StatusCode::UNAVAILABLE && last_;
      if (!is_away || steady_clock::now() - heard_at > node_patience)
        return fail(client::exit_code_of(status), client::explain(status, options_.call.node.server));
      std::this_thread::sleep_for(between_tries);
    }
  }

private:
  grpc::Status listen(steady_clock::time_point& heard_at) {
    grpc::ClientContext context;
    const client::interruption_watch watch([&] { context.TryCancel(); });
    v1::WatchImportRequest request;
    request.set_id(options_.id);
    const auto stream = stub_->WatchImport(&context, request);
    v1::WatchImportResponse news;
    while (stream->Read(&news)) {
      heard_at = steady_clock::now();
      show(news.job(), heard_at);
      last_ = std::move(*news.mutable_job());
    }
    return stream->Finish();
  }

  void show(const v1::ImportJob& job, steady_clock::time_point now) {
    const auto share =
        job.file_bytes() == 0 ? 0 : static_cast<double>(job.bytes_read()) / static_cast<double>(job.file_bytes());
    if (!last_) {
      began_ = now;
      rows_before_ = job.counts().rows();
      share_before_ = share;
    }
    terminal::progress state{.what = terminal::printable(job.name()), .items = job.counts().rows(), .share = share};
    state.elapsed = std::chrono::duration_cast<milliseconds>(now - began_);
    state.items_before = rows_before_;
    state.share_before = share_before_;
    display_.show(state, now);
  }

  int told() const {
    if (options_.call.json)
      client::print_json(*last_);
    else
      std::fputs(job_text(*last_).c_str(), stdout);
    return code_of(*last_);
  }

  int left() const {
    std::fprintf(stderr, "the job goes on; see it again with: cxstream job watch %s\n", options_.id.c_str());
    return client::exit_interrupted;
  }

  const job_options& options_;
  const std::unique_ptr<v1::ImportService::Stub> stub_;
  terminal::progress_display display_;
  std::optional<v1::ImportJob> last_;
  steady_clock::time_point began_;
  std::uint64_t rows_before_ = 0;
  double share_before_ = 0;
};

} // namespace

int watch_job(const job_options& options) {
  return job_watch(options).run();
}

int print_rejects(const job_options& options) {
  const auto stub = v1::ImportService::NewStub(client::connect(options.call.node));
  const auto context = client::call_within(long_call_timeout);
  v1::ExportImportRejectsRequest request;
  request.set_id(options.id);
  const auto stream = stub->ExportImportRejects(context.get(), request);
  v1::ExportImportRejectsResponse piece;
  while (stream->Read(&piece))
    std::fwrite(piece.ndjson().data(), 1, piece.ndjson().size(), stdout);
  const auto status = stream->Finish();
  if (!status.ok())
    return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
  return client::exit_ok;
}

} // namespace cxstream::cli
