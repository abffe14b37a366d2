#include "dead/dead.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace cxstream::cli {

int export_dead(const dead_options& options) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(nullptr, &std::fclose);
  if (!options.out.empty()) {
    file.reset(std::fopen(options.out.c_str(), "wb"));
    if (!file)
      return fail(client::exit_usage, "cannot write " + options.out + ": " + std::system_category().message(errno));
  }
  auto* out = file ? file.get() : stdout;
  const auto stub = v1::AdminService::NewStub(client::connect(options.call.node));
  v1::ExportDeadLettersRequest request;
  *request.mutable_selector() = selector_of(options);
  const auto context = client::call_within(long_call_timeout);
  const auto reader = stub->ExportDeadLetters(context.get(), request);
  v1::ExportDeadLettersResponse answer;
  std::uint64_t written = 0;
  while (reader->Read(&answer)) {
    const auto line = client::to_json(answer.dead_letter(), client::json_layout::line) + "\n";
    std::fwrite(line.data(), 1, line.size(), out);
    ++written;
  }
  const auto status = reader->Finish();
  if (!status.ok())
    return fail(client::exit_code_of(status), client::explain(status, options.call.node.server));
  if (std::fflush(out) != 0 || std::ferror(out) != 0)
    return fail(client::exit_failed, "cannot write all of it: " + std::system_category().message(errno));
  std::fprintf(stderr, "%llu dead letters exported\n", static_cast<unsigned long long>(written));
  return client::exit_ok;
}

} // namespace cxstream::cli
