#include "connectors/nats/publish_answer.hpp"

#include <algorithm>
#include <array>
#include <rapidjson/document.h>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

struct meaning {
  int err_code;
  delivery_result result;
};

// JetStream's own numbers of its errors.
constexpr std::array<meaning, 15> meanings{{
    {10002, delivery_result::unreachable}, // account: no such resource
    {10008, delivery_result::unreachable}, // cluster not available
    {10009, delivery_result::unreachable}, // no leader
    {10023, delivery_result::throttled},   // insufficient resources
    {10028, delivery_result::throttled},   // memory of the account is used up
    {10035, delivery_result::unreachable}, // JetStream is off for the account
    {10039, delivery_result::unreachable}, // JetStream is off for the account
    {10047, delivery_result::throttled},   // storage of the account is used up
    {10054, delivery_result::permanent},   // larger than max_msg_size of the stream
    {10059, delivery_result::unreachable}, // no such stream
    {10060, delivery_result::unreachable}, // not the expected stream
    {10076, delivery_result::unreachable}, // JetStream is off
    {10077, delivery_result::throttled},   // the stream is full and discards what is new
    {10109, delivery_result::unreachable}, // the stream is sealed
    {10122, delivery_result::throttled},   // too many pending requests
}};

delivery_result result_of(int err_code, int code) {
  const auto found = std::ranges::find(meanings, err_code, &meaning::err_code);
  if (found != meanings.end())
    return found->result;
  return code == 503 ? delivery_result::unreachable : delivery_result::transient;
}

int number(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsInt() ? found->value.GetInt() : 0;
}

} // namespace

ports::delivery_outcome outcome_of_publish(std::string_view body) {
  rapidjson::Document json;
  json.Parse(body.data(), body.size());
  if (json.HasParseError() || !json.IsObject())
    return {delivery_result::transient, "JetStream answered something that is no JSON", std::nullopt};
  const auto error = json.FindMember("error");
  if (error == json.MemberEnd() || !error->value.IsObject()) {
    const auto stream = json.FindMember("stream");
    if (stream != json.MemberEnd() && stream->value.IsString())
      return {};
    return {delivery_result::transient, "JetStream did not say that it stored the message", std::nullopt};
  }
  const auto code = number(error->value, "err_code");
  const auto text = error->value.FindMember("description");
  const std::string said = text != error->value.MemberEnd() && text->value.IsString() ? text->value.GetString() : "?";
  return {result_of(code, number(error->value, "code")), "JetStream: " + said + " (" + std::to_string(code) + ")",
          std::nullopt};
}

} // namespace cxstream::connectors
