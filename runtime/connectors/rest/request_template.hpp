// A request made of an event by templates (Mustache): its URL and its body. Pure. Used by one thread at a time.
//
//   url:  https://crm.example.com/v2/tickets/{{ticket_id}}
//   body: {"risk": "{{churn_risk.label}}", "score": {{{json.churn_risk.score}}}, "all": {{{event}}}}
//
// {{name}} is a field of the projected event, escaped as its place wants it: percent-encoded in the URL and in forms,
// as the inside of a JSON text in JSON, as XML in XML. {{{json.name}}} is the field as JSON, null when it is absent;
// {{{event}}} is the whole projected event as JSON. {{#name}}…{{/name}} stands only where the field is there.
//
// Invariants:
//  1. Whom the request goes to is the configuration's: no value of an event gets into scheme, host or port.
//  2. A value in the URL stays within its place: it is always escaped.
#pragma once

#include "base/result.hpp"
#include "connectors/encoding/json_event.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cxstream::connectors::rest {

enum class body_form : std::uint8_t { json, form, xml, text };
// Of a Content-Type.
body_form form_of(std::string_view content_type);

struct rendered {
  std::string url;
  std::string body;
};

class request_template {
public:
  // Errors: invalid_argument (no template, tags in scheme or host, unescaped tags in the URL).
  static base::result<request_template> of(const std::string& url, const std::string& body, body_form form,
                                           const model::compiled_projection& projection);
  request_template(request_template&&) noexcept;
  request_template& operator=(request_template&&) noexcept;
  ~request_template();

  // Errors: malformed (the bytes are no event), invalid_argument (what came out is not JSON, where it should be).
  base::result<rendered> make(const ports::delivery& delivery, base::timestamp now);
  // The event of the last make(), whole.
  const v1::CanonicalEvent& event() const {
    return encoder_.event();
  }

private:
  struct compiled;
  request_template(json_event encoder, body_form form, std::unique_ptr<compiled> templates);

  json_event encoder_;
  body_form form_;
  std::unique_ptr<compiled> templates_;
};

} // namespace cxstream::connectors::rest
