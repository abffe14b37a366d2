#include "transport/http/request_reader.hpp"

#include "model/fold_text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace cxstream::transport {
namespace {

namespace http = boost::beast::http;
// A string that grows with what came. Beast's own reserves what the client announced.
struct grown_body {
  using value_type = std::string;

  static std::uint64_t size(const value_type& body) {
    return body.size();
  }

  class reader {
  public:
    template <bool isRequest, class Fields>
    reader(http::header<isRequest, Fields>&, value_type& body) : body_(body) {
    }
    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& error) {
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      error = {};
      std::size_t taken = 0;
      for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
        body_.append(static_cast<const char*>(part.data()), part.size());
        taken += part.size();
      }
      return taken;
    }
    void finish(boost::beast::error_code& error) {
      error = {};
    }

  private:
    value_type& body_;
  };
};

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool same_word(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

} // namespace

struct request_reader::parser {
  http::request_parser<grown_body> beast;
};

request_reader::request_reader(std::size_t head_bytes_max)
    : parser_(std::make_unique<parser>()), head_bytes_max_(head_bytes_max) {
  parser_->beast.header_limit(static_cast<std::uint32_t>(head_bytes_max));
  // Not boost::none: Beast 1.74 takes that for a limit below every length.
  parser_->beast.body_limit(std::numeric_limits<std::uint64_t>::max());
}

request_reader::~request_reader() = default;

std::size_t request_reader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  auto& beast = parser_->beast;
  while (!problem_ && !beast.is_done() && taken < bytes.size()) {
    boost::beast::error_code error;
    const std::size_t n = beast.put(boost::asio::const_buffer(bytes.data() + taken, bytes.size() - taken), error);
    taken += n;
    if (error == http::error::need_more)
      break;
    if (error == http::error::header_limit)
      refuse(431, "head_too_large",
             "the request's head is larger than " + std::to_string(head_bytes_max_) + " bytes: send fewer headers");
    else if (error == http::error::body_limit)
      refuse(413, "body_too_large",
             "the body is larger than " + std::to_string(body_bytes_max_) + " bytes: send it in parts");
    else if (error)
      refuse(400, "bad_request", "this is no HTTP request: " + error.message());
    else if (beast.is_header_done() && !head_read_) {
      read_head();
      return taken;
    }
  }
  // A chunk's header and the trailers wait until they are whole, and nobody else bounds them.
  if (!problem_ && !beast.is_done() && head_read_ && bytes.size() - taken > head_bytes_max_)
    refuse(400, "bad_request", "a chunk's header is longer than " + std::to_string(head_bytes_max_) + " bytes");
  return taken;
}

void request_reader::end() {
  if (!problem_ && !done())
    refuse(400, "bad_request", "the request ended before it was whole");
}

void request_reader::read_head() {
  head_read_ = true;
  const auto& head = parser_->beast.get();
  std::size_t hosts = 0;
  std::string_view encoding;
  for (const auto& field : head) {
    headers_.push_back({model::lowered(view(field.name_string())), std::string(view(field.value()))});
    if (field.name() == http::field::host)
      ++hosts;
    else if (field.name() == http::field::transfer_encoding)
      encoding = view(field.value());
  }
  // Two readers that disagree about where a request ends are how requests are smuggled (RFC 9112, 6.1).
  if (!encoding.empty() && !same_word(encoding, "chunked"))
    refuse(400, "bad_request", "the only Transfer-Encoding here is chunked");
  else if (!encoding.empty() && head.version() < 11)
    refuse(400, "bad_request", "HTTP/1.0 has no Transfer-Encoding");
  else if (head.version() != 11 && head.version() != 10)
    refuse(400, "bad_request", "HTTP/1.1 is spoken here");
  else if (head.version() == 11 && hosts != 1)
    refuse(400, "bad_request", "a request has one Host header");
  else if (encoding.empty() && header("content-length").empty() && (method() == "POST" || method() == "PUT"))
    refuse(411, "length_required", "say how long the body is: Content-Length, or Transfer-Encoding: chunked");
}

void request_reader::refuse(int status, std::string_view code, std::string message) {
  problem_ = http_error(status, code, message);
}

bool request_reader::head_done() const {
  return head_read_;
}

bool request_reader::done() const {
  return !problem_ && head_read_ && parser_->beast.is_done();
}

std::string_view request_reader::method() const {
  return view(parser_->beast.get().method_string());
}

std::string_view request_reader::target() const {
  return view(parser_->beast.get().target());
}

std::string_view request_reader::header(std::string_view name) const {
  const auto found = std::find_if(headers_.begin(), headers_.end(), [&](const auto& h) { return h.name == name; });
  return found == headers_.end() ? std::string_view{} : std::string_view(found->value);
}

bool request_reader::keep_alive() const {
  return head_read_ && !problem_ && parser_->beast.keep_alive();
}

bool request_reader::expects_continue() const {
  return same_word(header("expect"), "100-continue");
}

bool request_reader::has_body() const {
  return !parser_->beast.is_done();
}

void request_reader::limit_body(std::size_t bytes_max) {
  body_bytes_max_ = bytes_max;
  const auto announced = parser_->beast.content_length();
  if (announced && *announced > bytes_max)
    refuse(413, "body_too_large",
           "the body has " + std::to_string(*announced) + " bytes, the most is " + std::to_string(bytes_max) +
               ": send it in parts");
  else if (!announced && has_body())
    parser_->beast.body_limit(bytes_max);
}

std::optional<std::uint64_t> request_reader::announced_body() const {
  const auto announced = parser_->beast.content_length();
  return announced ? std::optional<std::uint64_t>(*announced) : std::nullopt;
}

std::size_t request_reader::body_size() const {
  return parser_->beast.get().body().size();
}

std::vector<ports::header> request_reader::take_headers() {
  return std::move(headers_);
}

std::string request_reader::take_body() {
  return std::exchange(parser_->beast.get().body(), {});
}

} // namespace cxstream::transport
