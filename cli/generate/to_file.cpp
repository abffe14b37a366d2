#include "generate/generate.hpp"

#include "client/interruption.hpp"
#include "client/json_text.hpp"
#include "failure.hpp"

#include "google/protobuf/util/json_util.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace cxstream::cli {

namespace {

// One line; bytes that are no event, or whose texts are no UTF-8, become a line that is cut off, as broken in JSON as
// they were in protobuf.
std::string line_of(std::string_view bytes) {
  v1::CanonicalEvent event;
  std::string line;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  const auto is_event = event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!is_event || !google::protobuf::util::MessageToJsonString(event, &line, options).ok())
    line = R"({"event_type":"ticket.updated","ticket_id":"SYN)";
  return line + "\n";
}

} // namespace

int generate_to_file(const generate_options& options) {
  if (options.events == 0)
    return fail(client::exit_usage, "generate: a file needs an end; give --events");
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(nullptr, &std::fclose);
  if (options.out != "-") {
    file.reset(std::fopen(options.out.c_str(), "wb"));
    if (!file)
      return fail(client::exit_usage, "cannot write " + options.out + ": " + std::system_category().message(errno));
  }
  auto* out = file ? file.get() : stdout;
  const load_plan plan{.events = options.plan, .live_clock = options.live_clock};
  sources::synthetic_stream stream(plan.events);
  const auto& stop = client::interrupted();
  for (std::uint64_t i = 0; i < options.events && !stop; ++i) {
    const auto line = line_of(stream.next(occurred_at(plan, i)));
    std::fwrite(line.data(), 1, line.size(), out);
  }
  if (std::fflush(out) != 0 || std::ferror(out) != 0)
    return fail(client::exit_failed, "cannot write all of it: " + std::system_category().message(errno));
  return stop ? client::exit_interrupted : client::exit_ok;
}

} // namespace cxstream::cli
