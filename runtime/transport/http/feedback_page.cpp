#include "transport/http/feedback_page.hpp"

#include <string>

namespace cxstream::transport {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

http_response page(int status, std::string_view title, const std::string& body) {
  http_response out;
  out.status = status;
  out.content_type = "text/html; charset=utf-8";
  out.headers = {{"Cache-Control", "no-store"},
                 {"Referrer-Policy", "no-referrer"},
                 {"X-Robots-Tag", "noindex"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'"}};
  out.body = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
             "content=\"width=device-width\"><title>" +
             escaped(title) + "</title></head><body>\n<h1>" + escaped(title) + "</h1>\n" + body + "</body></html>\n";
  return out;
}

std::string about(const ports::told_delivery& told) {
  return "the message of <b>" + escaped(told.sink) + "</b> about ticket <b>" + escaped(told.ticket_id) +
         "</b> (event " + std::to_string(told.sequence.value) + ")";
}

} // namespace

http_response feedback_question(const ports::told_delivery& told) {
  return page(200, "Was this wrong?",
              "<p>Say that " + about(told) +
                  " should not have come: a false positive.</p>\n"
                  "<form method=\"post\"><button type=\"submit\">It was wrong</button></form>\n");
}

http_response feedback_thanks(const ports::told_delivery& told) {
  return page(200, "Thank you", "<p>It is noted that " + about(told) + " was wrong.</p>\n");
}

http_response feedback_refusal(int status, std::string_view what) {
  return page(status, "This did not work", "<p>" + escaped(what) + ".</p>\n");
}

} // namespace cxstream::transport
