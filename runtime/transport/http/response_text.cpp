#include "transport/http/response_text.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>

namespace cxstream::transport {
namespace {

namespace http = boost::beast::http;

template <class Message>
std::string text_of(const Message& message) {
  std::string text;
  http::serializer<false, typename Message::body_type, typename Message::fields_type> serializer(message);
  boost::beast::error_code error;
  while (!error && !serializer.is_done())
    serializer.next(error, [&](boost::beast::error_code&, const auto& buffers) {
      for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers))
        text.append(static_cast<const char*>(part.data()), part.size());
      serializer.consume(boost::beast::buffer_bytes(buffers));
    });
  return text;
}

boost::beast::string_view beast_view(std::string_view text) {
  return {text.data(), text.size()};
}

} // namespace

std::string response_text(const http_response& response, after_answer then, std::string_view date) {
  http::response<http::span_body<const char>> message;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::date, beast_view(date));
  if (!response.body.empty())
    message.set(http::field::content_type, beast_view(response.content_type));
  for (const auto& [name, value] : response.headers)
    message.insert(beast_view(name), beast_view(value));
  if (then == after_answer::close)
    message.set(http::field::connection, "close");
  message.content_length(response.body.size());
  message.body() = boost::beast::span<const char>(response.body.data(), response.body.size());
  return text_of(message);
}

std::string continue_text() {
  http::response<http::empty_body> message;
  message.version(11);
  message.result(http::status::continue_);
  return text_of(message);
}

} // namespace cxstream::transport
