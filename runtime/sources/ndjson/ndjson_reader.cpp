#include "sources/ndjson/ndjson_reader.hpp"

#include "sources/digest.hpp"

namespace cxstream::sources {

ndjson_reader::ndjson_reader(byte_input input) : lines_(std::move(input)) {
}

base::result<std::unique_ptr<ndjson_reader>> ndjson_reader::open(const std::filesystem::path& path) {
  auto input = byte_input::open(path);
  if (!input)
    return input.err();
  return std::unique_ptr<ndjson_reader>(new ndjson_reader(*std::move(input)));
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
  return true;
}

std::uint64_t ndjson_reader::position() const {
  return lines_.input().position();
}

std::uint64_t ndjson_reader::size() const {
  return lines_.input().size();
}

} // namespace cxstream::sources
