#include "connectors/hubspot/hubspot_records.hpp"

#include "connectors/hubspot/answer.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace cxstream::connectors::hubspot {

namespace {

constexpr auto distant_past = base::timestamp{std::chrono::sys_days{std::chrono::year{1990} / 1 / 1}};
constexpr auto distant_future = base::timestamp{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};

} // namespace

record_reader::record_reader(http_client& client, security::secret& token, shape of, std::vector<std::string> names,
                             std::string time_name, std::chrono::milliseconds spacing)
    : client_(client), token_(token), of_(std::move(of)), names_(std::move(names)), time_name_(std::move(time_name)),
      spacing_(spacing) {
}

base::result<void> record_reader::all(const take_record& take) {
  return between(distant_past, distant_future, take);
}

base::result<void> record_reader::between(base::timestamp from, base::timestamp to, const take_record& take) {
  const auto last = to - std::chrono::milliseconds{1};
  for (std::string after;;) {
    const auto said =
        call([&](std::string_view token) { return search_request(of_, token, names_, time_name_, from, last, after); });
    auto page = read_page(said.answer, of_, said.mask);
    if (!page)
      return page.err();
    const auto reached = page->records.empty() ? after : page->records.back().values[record_id_name];
    for (auto& record : page->records)
      take(std::move(record));
    if (page->is_last)
      return {};
    if (reached == after)
      return base::error{base::error_code::unavailable,
                         "HubSpot shows the same records again; they cannot be compared"};
    after = reached;
    std::this_thread::sleep_for(spacing_);
  }
}

base::result<void> record_reader::by_key(std::span<const std::string> keys, const take_record& take) {
  while (!keys.empty()) {
    const auto some = keys.first(std::min(keys.size(), batch_records_max));
    keys = keys.subspan(some.size());
    const auto said = call([&](std::string_view token) { return read_request(of_, token, names_, some); });
    auto page = read_page(said.answer, of_, said.mask);
    if (!page)
      return page.err();
    for (auto& record : page->records)
      take(std::move(record));
  }
  return {};
}

ports::delivery_outcome record_reader::write(const crm_record& record) {
  const std::span one(&record, 1);
  const auto said = call([&](std::string_view token) { return upsert_request(of_, token, one); });
  const auto read = read_upsert(said.answer, one, of_.id_property, said.mask);
  return read.is == batch_answer::verdict::each ? read.records.front() : read.whole;
}

base::result<void> record_reader::remove(const found_record& record) {
  const auto id = record.values.find(record_id_name);
  if (id == record.values.end())
    return base::error{base::error_code::unavailable, "the record has no id"};
  const auto said = call([&](std::string_view token) { return archive_request(of_, token, id->second); });
  if (said.outcome().result == ports::delivery_result::delivered)
    return {};
  return base::error{base::error_code::unavailable,
                     "the record cannot be archived: " + reason_of(said.answer, said.mask)};
}

http_exchange record_reader::call(const std::function<http_request(std::string_view token)>& make) {
  const std::array secrets{&token_};
  return send_authorized(client_, secrets, [&](std::span<const std::string> values) {
    return base::result<http_request>(make(values[0]));
  });
}

} // namespace cxstream::connectors::hubspot
