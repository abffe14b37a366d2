#include "connectors/salesforce/answer.hpp"

#include "connectors/encoding/json_member.hpp"
#include "connectors/http/exchange_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cxstream::connectors::salesforce {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

// Pass by themselves.
constexpr std::array<std::string_view, 8> passing{"UNABLE_TO_LOCK_ROW",       "SERVER_UNAVAILABLE", "QUERY_TIMEOUT",
                                                  "REQUEST_RUNNING_TOO_LONG", "UNKNOWN_EXCEPTION",  "PROCESSING_HALTED",
                                                  "CONCURRENT_API_ERROR",     "LOCK_TIMEOUT"};
// What triggers of the org say in the message of another code.
constexpr std::array<std::string_view, 4> passing_messages{
    "UNABLE_TO_LOCK_ROW", "Too many SOQL queries", "unable to obtain exclusive access", "CPU time limit exceeded"};
// The request's limits, not the record's.
constexpr std::array<std::string_view, 3> limits{"REQUEST_LIMIT_EXCEEDED", "CONCURRENT_REQUEST_LIMIT_EXCEEDED",
                                                 "TXN_RATE_LIMIT_EXCEEDED"};
// The org has to be mended.
constexpr std::array<std::string_view, 6> of_the_org{"STORAGE_LIMIT_EXCEEDED", "API_DISABLED_FOR_ORG",
                                                     "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED",
                                                     "INVALID_TYPE",           "INVALID_SESSION_ID"};
// INVALID_FIELD is said of a field that the object does not have, and of a parent that is not there.
constexpr std::array<std::string_view, 3> messages_of_the_org{"No such column", "Provided external ID field",
                                                              "is not supported"};

template <class List>
bool has_one_of(const List& parts, std::string_view text) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

template <class List>
bool is_one_of(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

// {statusCode or errorCode, message, fields}
struct said_error {
  std::string_view code;
  std::string_view message;
};

said_error error_in(const rapidjson::Value& value) {
  if (!value.IsObject())
    return {};
  auto code = text_at(value, "statusCode");
  if (code.empty())
    code = text_at(value, "errorCode");
  return {code, text_at(value, "message")};
}

// [{errorCode, message}]
said_error whole_error(const rapidjson::Document& body) {
  if (body.HasParseError() || !body.IsArray() || body.Empty())
    return {};
  return error_in(body[0]);
}

std::string reason_of(said_error error, const secret_mask& mask) {
  std::string text(error.code);
  if (!error.message.empty())
    text.append(": ").append(error.message);
  return plain_line(mask.applied(text), reason_bytes_max);
}

delivery_outcome record_outcome(const rapidjson::Value& result, const secret_mask& mask) {
  if (!result.IsObject())
    return {delivery_result::transient, "the answer about the record is not an object", std::nullopt};
  if (const auto success = result.FindMember("success");
      success != result.MemberEnd() && success->value.IsBool() && success->value.GetBool())
    return {};
  said_error first;
  if (const auto errors = result.FindMember("errors");
      errors != result.MemberEnd() && errors->value.IsArray() && !errors->value.Empty())
    first = error_in(errors->value[0]);
  if (first.code.empty())
    return {delivery_result::permanent, "Salesforce refused the record and did not say why", std::nullopt};
  delivery_outcome out{result_of_code(first.code, first.message), reason_of(first, mask), std::nullopt};
  if (out.result == delivery_result::throttled)
    out.retry_after = limit_pause;
  return out;
}

batch_answer read_results(const http_answer& answer, request_kind kind, std::size_t records, const secret_mask& mask) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  // One row by its id: 204, or {"id", "success": true} in newer versions.
  if (kind == request_kind::row && (answer.body.empty() || (!body.HasParseError() && body.IsObject())))
    return each_of({answer.body.empty() ? delivery_outcome{} : record_outcome(body, mask)});
  if (body.HasParseError() || !body.IsArray() || body.Size() != records)
    return failed_whole(
        {delivery_result::transient,
         "the answer is not a list of " + std::to_string(records) + " results: " + connectors::reason_of(answer, mask),
         std::nullopt});
  std::vector<delivery_outcome> out;
  for (const auto& result : body.GetArray())
    out.push_back(record_outcome(result, mask));
  return each_of(std::move(out));
}

batch_answer read_refusal(const http_answer& answer, request_kind kind, const secret_mask& mask) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  const auto error = whole_error(body);
  auto reason = error.code.empty() ? connectors::reason_of(answer, mask)
                                   : "HTTP " + std::to_string(answer.status) + ": " + reason_of(error, mask);
  const auto meaning = result_of_code(error.code, error.message);
  const auto status = answer.status;
  // One record that is not there is the record's matter; a collection that is not there is the configuration's.
  const bool is_of_record = kind == request_kind::row && status == 404;
  if (meaning == delivery_result::throttled)
    return failed_whole({meaning, std::move(reason), wished_pause(answer).value_or(limit_pause)});
  if (meaning == delivery_result::transient)
    return failed_whole({meaning, std::move(reason), wished_pause(answer)});
  if (meaning == delivery_result::unreachable || status == 401 || status == 403 || (status == 404 && !is_of_record) ||
      (status >= 300 && status < 400))
    return failed_whole({delivery_result::unreachable, std::move(reason), std::nullopt});
  return refused_whole({delivery_result::permanent, std::move(reason), std::nullopt});
}

} // namespace

bool wants_new_session(const http_answer& answer) {
  if (answer.end != call_end::answered)
    return false;
  return answer.status == 401 || (answer.status > 300 && answer.status < 400);
}

batch_answer read_upsert(const http_answer& answer, request_kind kind, std::size_t records, const secret_mask& mask) {
  const auto result = connectors::result_of(answer);
  switch (result) {
    case delivery_result::delivered:
      return read_results(answer, kind, records, mask);
    case delivery_result::unfit:
      return refused_whole({result, connectors::reason_of(answer, mask), std::nullopt});
    case delivery_result::permanent:
      return read_refusal(answer, kind, mask);
    default:
      break;
  }
  delivery_outcome whole{result, connectors::reason_of(answer, mask), wished_pause(answer)};
  if (answer.end == call_end::answered && answer.status == 503) {
    whole.result = delivery_result::throttled;
    whole.retry_after = whole.retry_after.value_or(busy_pause);
  }
  return failed_whole(std::move(whole));
}

ports::delivery_result result_of_code(std::string_view code, std::string_view message) {
  if (is_one_of(limits, code))
    return delivery_result::throttled;
  if (is_one_of(of_the_org, code) || has_one_of(messages_of_the_org, message))
    return delivery_result::unreachable;
  if (is_one_of(passing, code) || has_one_of(passing_messages, message))
    return delivery_result::transient;
  return delivery_result::permanent;
}

std::optional<api_usage> usage_of(const http_answer& answer) {
  constexpr std::string_view name = "api-usage=";
  const auto text = answer.header("sforce-limit-info");
  const auto at = text.find(name);
  if (at == std::string_view::npos)
    return std::nullopt;
  api_usage out;
  const auto* end = text.data() + text.size();
  const auto used = std::from_chars(text.data() + at + name.size(), end, out.used);
  if (used.ec != std::errc{} || used.ptr == end || *used.ptr != '/')
    return std::nullopt;
  if (std::from_chars(used.ptr + 1, end, out.allowed).ec != std::errc{})
    return std::nullopt;
  return out;
}

} // namespace cxstream::connectors::salesforce
