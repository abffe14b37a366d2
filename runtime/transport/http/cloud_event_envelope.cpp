// The two forms of a CloudEvents envelope.
#include "transport/http/cloud_event.hpp"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <memory>

namespace cxstream::transport {
namespace {

using ports::payload_refusal;

constexpr std::string_view prefix = "ce-";

// Where an attribute goes; null for extensions that mean nothing here.
std::string* place_of(std::string_view name, cloud_event& event) {
  struct place {
    std::string_view name;
    std::string cloud_event::*member;
  };
  static constexpr place places[] = {{"id", &cloud_event::id},
                                     {"source", &cloud_event::source},
                                     {"type", &cloud_event::type},
                                     {"subject", &cloud_event::subject},
                                     {"time", &cloud_event::time},
                                     {"partitionkey", &cloud_event::partition_key},
                                     {"sequence", &cloud_event::sequence},
                                     {"datacontenttype", &cloud_event::data_type}};
  for (const auto& [known, member] : places)
    if (known == name)
      return &(event.*member);
  return nullptr;
}

std::optional<payload_refusal> check(const cloud_event& event, std::string_view version) {
  if (version != "1.0")
    return broken_cloud_event("specversion", version.empty()
                                                 ? "a CloudEvent says its specversion"
                                                 : "specversion is '" + std::string(version) + "': 1.0 is read here");
  for (const auto& [name, value] : {std::pair("id", &event.id), {"source", &event.source}, {"type", &event.type}})
    if (value->empty())
      return broken_cloud_event(name, std::string("a CloudEvent has a non-empty ") + name);
  if (event.source.find(' ') != std::string::npos)
    return broken_cloud_event("source", "'" + event.source + "' is no URI reference: it has a space");
  return std::nullopt;
}

// CloudEvents' HTTP binding, 3.1.3.2: other characters than printable ASCII come as %xx of their UTF-8.
std::string unescaped(const std::string& value) {
  int length = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      curl_easy_unescape(nullptr, value.c_str(), static_cast<int>(value.size()), &length), &curl_free);
  return text ? std::string(text.get(), static_cast<std::size_t>(length)) : value;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0)
    return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - std::min<std::size_t>(padding, static_cast<std::size_t>(length)));
  return bytes;
}

std::string text_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  value.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

} // namespace

bool is_binary_cloud_event(const ports::payload& from) {
  return !ports::header_value(from, "ce-specversion").empty() || !ports::header_value(from, "ce-id").empty();
}

read_cloud_event cloud_event_of_headers(const ports::payload& from) {
  cloud_event event;
  std::string version;
  for (const auto& [name, value] : from.headers) {
    if (!name.starts_with(prefix))
      continue;
    const auto attribute = std::string_view(name).substr(prefix.size());
    if (attribute == "specversion")
      version = value;
    else if (auto* place = place_of(attribute, event))
      *place = unescaped(value);
  }
  event.data_type = ports::header_value(from, "content-type");
  event.data = from.body;
  if (auto refused = check(event, version))
    return std::move(*refused);
  return event;
}

read_cloud_event cloud_event_of_json(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject())
    return payload_refusal{v1::BAD_FORMAT, "", "a CloudEvent is a JSON object: {\"specversion\": \"1.0\", …}", ""};
  cloud_event event;
  std::string version;
  // By place: clang finds the comparison of RapidJSON's iterators ambiguous in C++20.
  for (rapidjson::SizeType i = 0; i < document.MemberCount(); ++i) {
    const auto& member = *(document.MemberBegin() + static_cast<std::ptrdiff_t>(i));
    const auto& value = member.value;
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    if (name == "data") {
      if (!value.IsNull())
        event.data = text_of(value);
      continue;
    }
    if (value.IsNull()) // an attribute that is null is not there
      continue;
    const bool known = name == "specversion" || name == "data_base64" || place_of(name, event) != nullptr;
    if (known && !value.IsString() && !(name == "sequence" && value.IsUint64()))
      return broken_cloud_event(name, std::string(name) + " is a text");
    const std::string text =
        value.IsString() ? std::string(value.GetString(), value.GetStringLength()) : text_of(value);
    if (name == "specversion") {
      version = text;
    } else if (name == "data_base64") {
      event.data = from_base64(text);
      if (!event.data)
        return payload_refusal{v1::BAD_FORMAT, "data_base64", "data_base64 is no base64", ""};
    } else if (auto* place = place_of(name, event)) {
      *place = text;
    }
  }
  if (auto refused = check(event, version))
    return std::move(*refused);
  return event;
}

} // namespace cxstream::transport
