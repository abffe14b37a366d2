#include "connectors/hubspot/answer.hpp"

#include "connectors/encoding/json_member.hpp"
#include "connectors/http/exchange_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace cxstream::connectors::hubspot {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

constexpr std::size_t reason_bytes_max = 400;

const rapidjson::Value* list_at(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsArray() ? &found->value : nullptr;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number out{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

delivery_outcome of_error(const rapidjson::Value& error, const secret_mask& mask) {
  std::string reason(text_at(error, "category"));
  if (const auto message = text_at(error, "message"); !message.empty())
    reason.append(reason.empty() ? "" : ": ").append(message);
  delivery_outcome out{delivery_result::permanent, plain_line(mask.applied(reason), reason_bytes_max), std::nullopt};
  if (const auto category = text_at(error, "category"); category == "RATE_LIMITS") {
    out.result = delivery_result::throttled;
    out.retry_after = ten_seconds_pause;
  } else if (category == "INTERNAL_ERROR" || category == "LOCKED") {
    out.result = delivery_result::transient;
  }
  return out;
}

// The inputs that an error is about: context.objectWriteTraceId, a list of texts.
std::vector<std::size_t> inputs_of(const rapidjson::Value& error, std::size_t records) {
  std::vector<std::size_t> out;
  const auto context = error.FindMember("context");
  if (context == error.MemberEnd() || !context->value.IsObject())
    return out;
  const auto* ids = list_at(context->value, "objectWriteTraceId");
  if (ids == nullptr)
    return out;
  for (const auto& id : ids->GetArray())
    if (id.IsString())
      if (const auto place = number_in<std::size_t>({id.GetString(), id.GetStringLength()}); place && *place < records)
        out.push_back(*place);
  return out;
}

// Which input a result is about: by its trace id, or by the key it repeats.
std::optional<std::size_t> input_of(const rapidjson::Value& result, std::span<const crm_record> records,
                                    std::string_view id_property) {
  if (const auto place = number_in<std::size_t>(text_at(result, "objectWriteTraceId"));
      place && *place < records.size())
    return place;
  std::string_view key;
  const auto properties = result.FindMember("properties");
  if (properties != result.MemberEnd() && properties->value.IsObject())
    key = text_at(properties->value, std::string(id_property).c_str());
  if (key.empty())
    key = text_at(result, "id");
  const auto found = std::ranges::find(records, key, &crm_record::key);
  if (found == records.end())
    return std::nullopt;
  return static_cast<std::size_t>(found - records.begin());
}

// 207: some were written, some not.
batch_answer read_each(const rapidjson::Document& body, std::span<const crm_record> records,
                       std::string_view id_property, const secret_mask& mask) {
  std::vector<delivery_outcome> out(
      records.size(),
      {delivery_result::transient, "HubSpot answered for others of the batch, not for this record", std::nullopt});
  const auto* errors = list_at(body, "errors");
  std::size_t named = 0;
  delivery_outcome unnamed{delivery_result::delivered, {}, std::nullopt};
  if (errors != nullptr)
    for (const auto& error : errors->GetArray()) {
      if (!error.IsObject())
        continue;
      const auto outcome = of_error(error, mask);
      const auto inputs = inputs_of(error, records.size());
      for (const auto i : inputs)
        out[i] = outcome;
      named += inputs.size();
      if (inputs.empty())
        unnamed = outcome;
    }
  const auto* results = list_at(body, "results");
  std::size_t written = 0;
  if (results != nullptr)
    for (const auto& result : results->GetArray())
      if (result.IsObject())
        if (const auto i = input_of(result, records, id_property)) {
          out[*i] = {};
          ++written;
        }
  // An error that names no input is the only record's that is left.
  if (unnamed.result != delivery_result::delivered && written + named + 1 == records.size())
    for (auto& outcome : out)
      if (outcome.result == delivery_result::transient)
        outcome = unnamed;
  return each_of(std::move(out));
}

// A property or an object that the account does not have: whoever set up the sink has to make it.
bool is_of_the_account(const http_answer& answer) {
  constexpr std::array<std::string_view, 4> signs{"PROPERTY_DOESNT_EXIST", "MISSING_SCOPES",
                                                  "Unable to infer object type", "is not a unique property"};
  return answer.status == 401 || answer.status == 403 || answer.status == 404 ||
         std::ranges::any_of(signs, [&](std::string_view sign) { return answer.body.find(sign) != std::string::npos; });
}

std::chrono::milliseconds pause_of(const http_answer& answer) {
  if (const auto wished = wished_pause(answer))
    return *wished;
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  const auto policy = body.HasParseError() || !body.IsObject() ? std::string_view() : text_at(body, "policyName");
  if (policy == "DAILY")
    return daily_pause;
  return policy == "SECONDLY" ? second_pause : ten_seconds_pause;
}

std::string reason_in(const http_answer& answer, const secret_mask& mask) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  if (body.HasParseError() || !body.IsObject() || text_at(body, "message").empty())
    return reason_of(answer, mask);
  return "HTTP " + std::to_string(answer.status) + ": " + of_error(body, mask).reason;
}

} // namespace

batch_answer read_upsert(const http_answer& answer, std::span<const crm_record> records, std::string_view id_property,
                         const secret_mask& mask) {
  constexpr int locked = 423;
  constexpr int migrating = 477;
  const auto result = result_of(answer);
  if (result == delivery_result::delivered) {
    rapidjson::Document body;
    body.Parse(answer.body.data(), answer.body.size());
    if (body.HasParseError() || !body.IsObject())
      return failed_whole(
          {delivery_result::transient, "the answer is not JSON: " + reason_of(answer, mask), std::nullopt});
    if (answer.status == 207 || list_at(body, "errors") != nullptr)
      return read_each(body, records, id_property, mask);
    return each_of(std::vector<delivery_outcome>(records.size()));
  }
  delivery_outcome whole{result, reason_in(answer, mask), wished_pause(answer)};
  if (answer.end == call_end::answered && answer.status == locked) {
    whole.result = delivery_result::transient;
    whole.retry_after = whole.retry_after.value_or(locked_pause);
  } else if (answer.end == call_end::answered && answer.status == migrating) {
    whole.result = delivery_result::throttled;
    whole.retry_after = whole.retry_after.value_or(daily_pause);
  } else if (result == delivery_result::throttled) {
    whole.retry_after = pause_of(answer);
  } else if (result == delivery_result::permanent && is_of_the_account(answer)) {
    whole.result = delivery_result::unreachable;
  }
  const bool is_of_a_record = whole.result == delivery_result::permanent || whole.result == delivery_result::unfit;
  return is_of_a_record ? refused_whole(std::move(whole)) : failed_whole(std::move(whole));
}

std::optional<daily_calls> calls_of(const http_answer& answer) {
  const auto allowed = number_in<std::uint64_t>(answer.header("x-hubspot-ratelimit-daily"));
  const auto left = number_in<std::uint64_t>(answer.header("x-hubspot-ratelimit-daily-remaining"));
  if (!allowed || !left || *left > *allowed)
    return std::nullopt;
  return daily_calls{*allowed, *left};
}

} // namespace cxstream::connectors::hubspot
