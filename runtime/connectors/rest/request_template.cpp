#include "connectors/rest/request_template.hpp"

#include "connectors/encoding/json_text.hpp"
#include "connectors/encoding/percent.hpp"
#include "connectors/outcomes.hpp"
#include "model/fold_text.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

namespace cxstream::connectors::rest {

namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

base::error wrong(std::string what) {
  return {base::error_code::invalid_argument, std::move(what)};
}

// Of dots alone ".." could be made, a step up the path.
std::string url_escaped(const std::string& text) {
  if (text.find_first_not_of('.') != std::string::npos)
    return percent_encoded(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    out += "%2E";
  return out;
}

// The inside of a JSON text.
std::string json_escaped(const std::string& value) {
  json_buffer out;
  json_writer json(out);
  text(json, value);
  const auto quoted = view(out);
  return std::string(quoted.substr(1, quoted.size() - 2));
}

std::string text_of_json(const rapidjson::Value& value) {
  json_buffer out;
  json_writer json(out);
  value.Accept(json);
  return std::string(view(out));
}

data plain_data(const rapidjson::Value& value) {
  if (value.IsObject()) {
    data out(data::type::object);
    for (const auto& member : value.GetObject())
      out.set(member.name.GetString(), plain_data(member.value));
    return out;
  }
  if (value.IsArray()) {
    data out(data::type::list);
    for (const auto& item : value.GetArray())
      out.push_back(plain_data(item));
    return out;
  }
  if (value.IsString())
    return data(std::string(value.GetString(), value.GetStringLength()));
  return data(text_of_json(value));
}

data json_data(const rapidjson::Value& value) {
  if (!value.IsObject())
    return data(text_of_json(value));
  data out(data::type::object);
  for (const auto& member : value.GetObject())
    out.set(member.name.GetString(), json_data(member.value));
  return out;
}

// Every output of the projection is null unless the event has it: a name that has a dot is a field of an object.
rapidjson::Document with_every_name(rapidjson::Document event, const std::vector<std::string>& names) {
  auto& allocator = event.GetAllocator();
  for (const auto& name : names) {
    auto* object = static_cast<rapidjson::Value*>(&event);
    auto leaf = name;
    if (const auto dot = name.find('.'); dot != std::string::npos) {
      rapidjson::Value parent(name.substr(0, dot).c_str(), allocator);
      if (!object->HasMember(parent))
        object->AddMember(rapidjson::Value(parent, allocator), rapidjson::Value(rapidjson::kObjectType), allocator);
      object = &(*object)[parent];
      leaf = name.substr(dot + 1);
      if (!object->IsObject())
        continue;
    }
    if (!object->HasMember(leaf.c_str()))
      object->AddMember(rapidjson::Value(leaf.c_str(), allocator), rapidjson::Value(), allocator);
  }
  return event;
}

// Where the path begins: everything before it says whom the request goes to.
std::size_t path_begin(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme == std::string_view::npos ? url.size() : std::min(url.find_first_of("/?#", scheme + 3), url.size());
}

} // namespace

struct request_template::compiled {
  mustache url;
  mustache body;
  std::vector<std::string> names;
};

body_form form_of(std::string_view content_type) {
  const auto lower = model::lowered(content_type);
  if (lower.find("json") != std::string::npos)
    return body_form::json;
  if (lower.find("x-www-form-urlencoded") != std::string::npos)
    return body_form::form;
  return lower.find("xml") != std::string::npos ? body_form::xml : body_form::text;
}

base::result<request_template> request_template::of(const std::string& url, const std::string& body, body_form form,
                                                    const model::compiled_projection& projection) {
  if (url.substr(0, path_begin(url)).find("{{") != std::string::npos)
    return wrong("the URL's scheme and host must not be made of events");
  if (url.find("{{{") != std::string::npos || url.find("{{&") != std::string::npos)
    return wrong("values in the URL are always escaped: write {{name}}");
  for (const auto* unwanted : {"{{>", "{{="})
    if (url.find(unwanted) != std::string::npos || body.find(unwanted) != std::string::npos)
      return wrong("there are no partial templates and no other brackets than {{ }}");
  auto made = std::make_unique<compiled>(compiled{mustache(url), mustache(body), {}});
  if (!made->url.is_valid())
    return wrong("the URL is no template: " + made->url.error_message());
  if (!made->body.is_valid())
    return wrong("the body is no template: " + made->body.error_message());
  made->url.set_custom_escape(url_escaped);
  if (form == body_form::json)
    made->body.set_custom_escape(json_escaped);
  else if (form == body_form::form)
    made->body.set_custom_escape(url_escaped);
  else if (form == body_form::text)
    made->body.set_custom_escape([](const std::string& text) { return text; });
  for (const auto& field : projection.fields())
    made->names.push_back(field.name);
  return request_template(json_event(projection), form, std::move(made));
}

request_template::request_template(json_event encoder, body_form form, std::unique_ptr<compiled> templates)
    : encoder_(std::move(encoder)), form_(form), templates_(std::move(templates)) {
}

request_template::request_template(request_template&&) noexcept = default;
request_template& request_template::operator=(request_template&&) noexcept = default;
request_template::~request_template() = default;

base::result<rendered> request_template::make(const ports::delivery& delivery, base::timestamp now) {
  std::string event;
  if (!encoder_.append(delivery, now, event))
    return base::error{base::error_code::malformed, std::string(not_an_event)};
  rapidjson::Document parsed;
  parsed.Parse(event.data(), event.size());
  auto values = plain_data(parsed);
  values.set("event", event);
  values.set("json", json_data(with_every_name(std::move(parsed), templates_->names)));
  rendered out{templates_->url.render(values), templates_->body.render(values)};
  if (form_ != body_form::json || out.body.empty())
    return out;
  rapidjson::Document body;
  if (body.Parse(out.body.data(), out.body.size()).HasParseError())
    return wrong("the body that the template makes is not JSON at byte " + std::to_string(body.GetErrorOffset()) +
                 ": " + rapidjson::GetParseError_En(body.GetParseError()));
  return out;
}

} // namespace cxstream::connectors::rest
