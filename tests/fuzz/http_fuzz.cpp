// Requests of any bytes, cut into pieces in any way: the reader comes to a request or to a problem, and how the bytes
// were cut makes no difference.
#include "fuzz/fuzzing.hpp"
#include "transport/http/gzip_body.hpp"
#include "transport/http/request_reader.hpp"

namespace {

using namespace cxstream;

constexpr std::size_t head_bytes_max = 4'096;
constexpr std::size_t body_bytes_max = 16'384;

struct outcome {
  bool done = false;
  int status = 0; // of the problem
  std::string body;

  bool operator==(const outcome&) const = default;
};

outcome read(std::string_view bytes, std::size_t piece) {
  transport::request_reader reader(head_bytes_max);
  std::string unread;
  bool limited = false;
  const auto feed = [&] {
    for (std::size_t taken = 1; taken > 0 && !reader.done() && !reader.problem();) {
      taken = reader.feed(unread);
      fuzz::must(taken <= unread.size(), "no more is taken than there is");
      unread.erase(0, taken);
      if (reader.head_done() && !limited && !reader.problem()) {
        limited = true;
        reader.limit_body(body_bytes_max);
        taken = 1;
      }
    }
  };
  for (std::size_t at = 0; at < bytes.size() && !reader.done() && !reader.problem(); at += piece) {
    unread += bytes.substr(at, piece);
    feed();
    fuzz::must(unread.size() <= head_bytes_max + piece || reader.done() || reader.problem(), "what is held is bounded");
  }
  if (!reader.done() && !reader.problem())
    reader.end();
  outcome out;
  out.done = reader.done() && !reader.problem();
  out.status = reader.problem() ? reader.problem()->status : 0;
  if (out.done) {
    reader.take_headers();
    out.body = reader.take_body();
    fuzz::must(out.body.size() <= body_bytes_max, "a body keeps its limit");
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto piece = in.choose(64) + 1;
  const auto whole = read(in.rest(), in.rest().size() + 1);
  const auto cut = read(in.rest(), piece);
  fuzz::must(whole.done == cut.done && whole.body == cut.body, "how bytes are cut makes no difference");
  std::string plain;
  transport::inflate_gzip(in.rest(), body_bytes_max, plain);
  fuzz::must(plain.size() <= body_bytes_max + 1, "what is inflated keeps its limit");
  return 0;
}
