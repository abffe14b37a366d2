#include "connectors/hubspot/hubspot_target.hpp"

#include "connectors/http/exchange_text.hpp"
#include "connectors/hubspot/hubspot_records.hpp"

#include <array>

namespace cxstream::connectors::hubspot {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

std::optional<std::string> fits(const crm_record&) {
  return std::nullopt;
}

} // namespace

target::target(target_settings settings, record_maker maker, std::optional<record_shape> compared)
    : settings_(std::move(settings)), maker_(std::move(maker)), compared_(std::move(compared)) {
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
  outcomes out(events);
  (void)open();
  if (now < paused_until_) {
    out.set_from(0, {delivery_result::throttled, "so much of the account's daily calls is used as api_usage_max allows",
                     std::chrono::ceil<std::chrono::milliseconds>(paused_until_ - now)});
    return std::move(out).take();
  }
  const auto send = [&](const std::vector<crm_record>& records) {
    send_records(
        records, settings_.batch_records_max, [&](std::span<const crm_record> some) { return upsert(some, now); }, out);
  };
  send_rounds(records_of(events, maker_, fits, out), send, out);
  return std::move(out).take();
}

void target::close() {
  census_.reset();
  http_.reset();
}

ports::census* target::census_taker() {
  if (census_ || !compared_)
    return census_.get();
  (void)open();
  census_ = std::make_unique<record_census>(
      std::make_unique<record_reader>(*http_, settings_.access_token, settings_.into, compared_->names(),
                                      compared_->time_name(), settings_.search_spacing),
      maker_, *compared_);
  return census_.get();
}

batch_answer target::upsert(std::span<const crm_record> records, base::timestamp now) {
  const std::array secrets{&settings_.access_token};
  const auto said = send_authorized(*http_, secrets, [&](std::span<const std::string> values) {
    return base::result<http_request>(upsert_request(settings_.into, values[0], records));
  });
  if (const auto calls = calls_of(said.answer); calls && calls->reaches(settings_.api_usage_percent_max))
    paused_until_ = now + daily_pause;
  auto read = read_upsert(said.answer, records, settings_.into.id_property, said.mask);
  const auto exchange = [&](std::size_t i) { // the record's part of what was said
    return exchange_text(upsert_request(settings_.into, {}, records.subspan(i, 1)), said.answer, said.mask);
  };
  for (std::size_t i = 0; i < read.records.size(); ++i)
    if (read.records[i].result != delivery_result::delivered)
      read.records[i].exchange = exchange(i);
  if (read.is == batch_answer::verdict::refused && records.size() == 1)
    read.whole.exchange = exchange(0);
  return read;
}

} // namespace cxstream::connectors::hubspot
