#include "connectors/zendesk/zendesk_target.hpp"

#include <array>

namespace cxstream::connectors::zendesk {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

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

std::vector<delivery_outcome> target::deliver(std::span<const ports::delivery> events, base::timestamp /*now*/) {
  (void)open();
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
    return failed(delivery_result::unfit, "\"" + record->key + "\" is no id of a Zendesk ticket");
  const auto said =
      call([&](std::string_view authorization) { return update_request(settings_.url, authorization, *record); });
  auto outcome = helpdesk_outcome(said);
  if (outcome.result != delivery_result::delivered || settings_.tags.empty())
    return outcome;
  const auto present = tags_in(said.answer);
  if (!present)
    return failed(delivery_result::transient, "the answer to the update has no tags in it");
  return write_tags(record->key, settings_.tags.change_of(maker_.event(), *present));
}

delivery_outcome target::write_tags(const std::string& ticket, const signal_tags::change& change) {
  const std::array steps{std::pair{tag_step::remove, &change.remove}, std::pair{tag_step::add, &change.add}};
  for (const auto& [step, tags] : steps) {
    if (tags->empty())
      continue;
    const auto said = call([&, step = step, tags = tags](std::string_view authorization) {
      return tag_request(settings_.url, authorization, ticket, step, *tags);
    });
    if (auto outcome = helpdesk_outcome(said); outcome.result != delivery_result::delivered)
      return outcome;
  }
  return {};
}

http_exchange target::call(const maker_of_request& make) {
  const std::array secrets{&settings_.token};
  std::string authorization;
  auto said = send_authorized(*http_, secrets, [&](std::span<const std::string> values) {
    authorization = settings_.email.empty() ? "Bearer " + values[0] : basic_authorization(settings_.email, values[0]);
    return base::result<http_request>(make(authorization));
  });
  said.mask.add(authorization);
  return said;
}

} // namespace cxstream::connectors::zendesk
