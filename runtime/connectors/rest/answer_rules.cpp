#include "connectors/rest/answer_rules.hpp"

#include "connectors/crm/single_write.hpp"
#include "connectors/encoding/json_text.hpp"
#include "connectors/http/answer_outcome.hpp"

#include <algorithm>
#include <charconv>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

namespace cxstream::connectors::rest {

namespace {

using ports::delivery_result;

constexpr int lowest_status = 100;
constexpr int highest_status = 599;
constexpr std::chrono::seconds pause_by_default{10};

std::optional<int> status_in(std::string_view text) {
  int out = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failure != std::errc{} || end != text.data() + text.size() || out < lowest_status || out > highest_status)
    return std::nullopt;
  return out;
}

std::optional<delivery_result> named_result(const answer_rules& rules, int status) {
  const std::pair<const status_set*, delivery_result> all[] = {{&rules.delivered, delivery_result::delivered},
                                                               {&rules.permanent, delivery_result::permanent},
                                                               {&rules.transient, delivery_result::transient},
                                                               {&rules.throttled, delivery_result::throttled},
                                                               {&rules.unreachable, delivery_result::unreachable}};
  for (const auto& [set, result] : all)
    if (set->has(status))
      return result;
  return std::nullopt;
}

// The value as people write it: a text without its quotes.
bool has_success_value(const answer_rules& rules, std::string_view body) {
  rapidjson::Document json;
  json.Parse(body.data(), body.size());
  if (json.HasParseError())
    return false;
  const rapidjson::Pointer pointer(rules.success_pointer.c_str());
  const auto* value = pointer.Get(json);
  if (value == nullptr)
    return false;
  if (value->IsString())
    return std::string_view(value->GetString(), value->GetStringLength()) == rules.success_value;
  json_buffer out;
  json_writer writer(out);
  value->Accept(writer);
  return view(out) == rules.success_value;
}

} // namespace

base::result<status_set> status_set::of(std::string_view text) {
  constexpr std::string_view separators = ", ";
  status_set out;
  for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    const auto word = text.substr(at, end - at);
    const auto dash = word.find('-');
    const auto from = status_in(word.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : status_in(word.substr(dash + 1));
    if (!from || !to || *to < *from)
      return base::error{base::error_code::invalid_argument,
                         "\"" + std::string(word) + "\" is no status; write such as \"404 409 500-599\""};
    out.ranges_.emplace_back(*from, *to);
    at = end;
  }
  return out;
}

bool status_set::has(int status) const {
  return std::ranges::any_of(ranges_,
                             [&](const auto& range) { return status >= range.first && status <= range.second; });
}

ports::delivery_outcome outcome_under(const answer_rules& rules, const http_exchange& said) {
  auto out = helpdesk_outcome(said);
  if (said.answer.end != call_end::answered)
    return out;
  const auto show = [&] {
    out.reason = reason_of(said.answer, said.mask);
    out.exchange = exchange_text(said.request, said.answer, said.mask);
  };
  if (const auto named = named_result(rules, said.answer.status); named && *named != out.result) {
    out = {*named, {}, wished_pause(said.answer)};
    if (*named != delivery_result::delivered)
      show();
    if (*named == delivery_result::throttled && !out.retry_after)
      out.retry_after = pause_by_default;
  }
  if (out.result == delivery_result::delivered && !rules.success_pointer.empty() &&
      !has_success_value(rules, said.answer.body)) {
    out.result = delivery_result::permanent;
    show();
    out.reason = "the answer has not " + rules.success_value + " at " + rules.success_pointer + ": " + out.reason;
  }
  return out;
}

} // namespace cxstream::connectors::rest
