#include "connectors/intercom/intercom_target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>

namespace cxstream::connectors::intercom {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

constexpr std::chrono::seconds pause_by_default{10}; // Intercom counts calls in windows of ten seconds
constexpr std::chrono::minutes pause_max{5};

// X-RateLimit-Reset: when the window ends, in seconds since 1970.
std::chrono::milliseconds pause_of(const http_answer& answer, base::timestamp now) {
  const auto text = answer.header("x-ratelimit-reset");
  std::int64_t at_s = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), at_s).ec != std::errc{})
    return pause_by_default;
  const auto left = std::chrono::sys_seconds{std::chrono::seconds{at_s}} - now;
  return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds{1'000},
                    std::chrono::milliseconds{pause_max});
}

} // namespace

target::target(target_settings settings, record_maker maker)
    : settings_(std::move(settings)), maker_(std::move(maker)) {
}

base::result<void> target::open() {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  return {};
}

base::result<std::vector<ports::target_position>> target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<delivery_outcome> target::deliver(std::span<const ports::delivery> events, base::timestamp now) {
  (void)open();
  now_ = now;
  return deliver_one_by_one(events, [&](const ports::delivery& delivery) { return write(delivery); });
}

void target::close() {
  http_.reset();
}

delivery_outcome target::write(const ports::delivery& delivery) {
  const auto record = maker_.make(delivery, 0);
  if (!record)
    return failed(delivery_result::unfit, not_an_event);
  if (!is_id(record->key))
    return failed(delivery_result::unfit, "\"" + record->key + "\" is no id of an Intercom conversation or ticket");
  const auto said = call([&](std::string_view token) { return update_request(settings_.into, token, *record); });
  auto outcome = outcome_of_call(said);
  if (outcome.result != delivery_result::delivered || settings_.tags.empty())
    return outcome;
  const auto present = tags_in(said.answer);
  if (!present)
    return failed(delivery_result::transient, "the answer to the update has no list of tags in it");
  std::set<std::string, std::less<>> names;
  for (const auto& [name, id] : *present)
    names.insert(name);
  const auto change = settings_.tags.change_of(maker_.event(), names);
  for (const auto& tag : change.remove) {
    const auto detached = call([&](std::string_view token) {
      return detach_request(settings_.into, token, record->key, present->at(tag), settings_.admin_id);
    });
    if (outcome = outcome_of_call(detached); outcome.result != delivery_result::delivered)
      return outcome;
  }
  for (const auto& tag : change.add)
    if (outcome = attach(record->key, tag); outcome.result != delivery_result::delivered)
      return outcome;
  return {};
}

delivery_outcome target::attach(const std::string& id, const std::string& tag) {
  const bool is_remembered = tag_ids_.contains(tag);
  if (!is_remembered) {
    const auto found = call([&](std::string_view token) { return tag_by_name_request(settings_.into, token, tag); });
    if (auto outcome = outcome_of_call(found); outcome.result != delivery_result::delivered)
      return outcome;
    const auto tag_id = id_in(found.answer);
    if (tag_id.empty())
      return failed(delivery_result::transient, "the answer has no id of the tag " + tag);
    tag_ids_[tag] = tag_id;
  }
  const auto attached = call([&](std::string_view token) {
    return attach_request(settings_.into, token, id, tag_ids_.at(tag), settings_.admin_id);
  });
  auto outcome = outcome_of_call(attached);
  if (outcome.result == delivery_result::permanent && is_remembered) {
    tag_ids_.erase(tag); // it may have been deleted there
    outcome.result = delivery_result::transient;
  }
  return outcome;
}

http_exchange target::call(const maker_of_request& make) {
  const std::array secrets{&settings_.access_token};
  return send_authorized(*http_, secrets, [&](std::span<const std::string> values) {
    return base::result<http_request>(make(values[0]));
  });
}

delivery_outcome target::outcome_of_call(const http_exchange& said) const {
  auto out = helpdesk_outcome(said);
  if (out.result == delivery_result::throttled && !out.retry_after)
    out.retry_after = pause_of(said.answer, now_);
  return out;
}

} // namespace cxstream::connectors::intercom
