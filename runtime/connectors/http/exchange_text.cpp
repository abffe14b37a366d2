#include "connectors/http/exchange_text.hpp"

#include "ports/target.hpp"

#include <algorithm>
#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>

namespace cxstream::connectors {

namespace {

constexpr std::size_t url_bytes_max = 400;
constexpr std::size_t header_bytes_max = 200;
constexpr std::size_t headers_bytes_max = 700; // of one side
constexpr std::size_t answer_body_bytes_max = 1'000;
constexpr std::string_view more = "…";

enum class lines : bool { one, many };

// Valid UTF-8 of at most bytes_max bytes, "…" behind it when there was more.
std::string plain_text(std::string_view bytes, std::size_t bytes_max, lines kept) {
  rapidjson::MemoryStream in(bytes.data(), bytes.size());
  rapidjson::StringBuffer out;
  constexpr unsigned replacement = 0xFFFD;
  const auto room = bytes_max - std::min(bytes_max, more.size());
  while (in.Tell() < in.size_) {
    unsigned codepoint = 0;
    if (!rapidjson::UTF8<>::Decode(in, &codepoint))
      codepoint = replacement;
    const bool line_break = kept == lines::many && (codepoint == '\n' || codepoint == '\t');
    const auto before = out.GetSize();
    rapidjson::UTF8<>::Encode(out, (codepoint < ' ' && !line_break) || codepoint == 127 ? unsigned{' '} : codepoint);
    if (out.GetSize() > room) {
      out.Pop(out.GetSize() - before);
      return std::string(out.GetString(), out.GetSize()).append(more);
    }
  }
  return {out.GetString(), out.GetSize()};
}

std::string header_lines(const http_headers& headers, const secret_mask& mask) {
  std::string out;
  for (const auto& [name, value] : headers) {
    const auto shown = is_secret_header(name) ? std::string(secret_mask::hidden) : mask.applied(value);
    const auto line = plain_line(name + ": " + shown, header_bytes_max) + "\n";
    if (out.size() + line.size() > headers_bytes_max)
      return out.append(more).append("\n");
    out += line;
  }
  return out;
}

} // namespace

std::string plain_line(std::string_view bytes, std::size_t bytes_max) {
  return plain_text(bytes, bytes_max, lines::one);
}

std::string plain_lines(std::string_view bytes, std::size_t bytes_max) {
  return plain_text(bytes, bytes_max, lines::many);
}

std::string shown_url(std::string_view url, const secret_mask& mask) {
  std::string out(url);
  if (const auto scheme = out.find("://"); scheme != out.npos) {
    const auto begin = scheme + 3;
    const auto end = std::min(out.find_first_of("/?#", begin), out.size());
    if (const auto at = out.rfind('@', end); at != out.npos && at >= begin && at < end)
      out.erase(begin, at + 1 - begin);
  }
  out = mask.applied(out);
  const auto query = out.find('?');
  for (auto at = query; at != out.npos;) {
    const auto equals = out.find('=', at);
    auto end = out.find('&', at + 1);
    if (equals == out.npos)
      break;
    if (equals < end && is_secret_header(std::string_view(out).substr(at + 1, equals - at - 1))) {
      const auto last = std::min(end, out.size());
      out.replace(equals + 1, last - equals - 1, secret_mask::hidden);
      end = out.find('&', equals);
    }
    at = end;
  }
  return out;
}

std::string exchange_text(const http_request& request, const http_answer& answer, const secret_mask& mask) {
  auto head = plain_line(request.method + " " + shown_url(request.url, mask), url_bytes_max) + "\n" +
              header_lines(request.headers, mask);
  std::string tail = "\n\n";
  if (answer.end == call_end::answered)
    tail += "HTTP " + std::to_string(answer.status) + "\n" + header_lines(answer.headers, mask);
  else
    tail += plain_line(mask.applied(answer.error), header_bytes_max) + "\n";
  if (!answer.body.empty())
    tail += "\n" + plain_text(mask.applied(answer.body), answer_body_bytes_max, lines::many);
  if (!request.body.empty()) {
    const auto room = ports::exchange_bytes_max - head.size() - tail.size() - 1;
    head += "\n" + plain_text(mask.applied(request.body), room, lines::many);
  }
  return head + tail;
}

} // namespace cxstream::connectors
