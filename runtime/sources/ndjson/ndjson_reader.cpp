#include "sources/ndjson/ndjson_reader.hpp"

#include "sources/digest.hpp"

namespace cxstream::sources {

ndjson_reader::ndjson_reader(byte_input input, const std::vector<std::string>& wanted)
    : lines_(std::move(input)), json_(wanted), whole_(wanted.empty()) {
}

base::result<std::unique_ptr<ndjson_reader>> ndjson_reader::open(const std::filesystem::path& path,
                                                                 const std::vector<std::string>& wanted) {
  auto input = byte_input::open(path);
  if (!input)
    return input.err();
  return std::unique_ptr<ndjson_reader>(new ndjson_reader(*std::move(input), wanted));
}

base::result<bool> ndjson_reader::next(row& out) {
  do {
    const auto more = lines_.next(line_);
    if (!more || !*more)
      return more;
  } while (line_.text.find_first_not_of(" \t") == std::string::npos);
  out.number = ++row_number_;
  out.line = line_.number;
  out.raw = line_.text;
  out.bad.reset();
  out.cells.clear();
  if (line_.cut) {
    out.raw.resize(1024);
    out.bad = base::error{base::error_code::malformed,
                          "the line is longer than " + std::to_string(line_bytes_max >> 20u) + " MiB"};
    return true;
  }
  out.digest = digest_of(line_.text);
  if (whole_)
    return true;
  if (const auto parsed = json_.parse(line_.text); !parsed)
    out.bad = parsed.err();
  else
    out.cells = json_.cells();
  return true;
}

std::uint64_t ndjson_reader::position() const {
  return lines_.input().position();
}

std::uint64_t ndjson_reader::size() const {
  return lines_.input().size();
}

} // namespace cxstream::sources
