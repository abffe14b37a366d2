#include "connectors/hubspot/hubspot_records.hpp"

#include "connectors/hubspot/answer.hpp"

#include <algorithm>
#include <array>
#include <set>
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

// What one question shows ends somewhere within a moment: that moment is asked for again, and what was seen of it left
// out.
base::result<void> record_reader::between(base::timestamp from, base::timestamp to, const take_record& take) {
  const auto last = to - std::chrono::milliseconds{1};
  std::set<std::string> seen; // of the moment `from`
  for (;;) {
    auto found = search(from, last);
    if (!found)
      return found.err();
    const bool is_all = found->size() < shown_records_max;
    auto next = from;
    std::set<std::string> of_the_last_moment;
    for (auto& record : *found) {
      const auto moment = time_of(record.values[time_name_]).value_or(from);
      if (moment > next)
        of_the_last_moment.clear();
      next = std::max(next, moment);
      of_the_last_moment.insert(record.values["hs_object_id"]);
      if (!seen.contains(record.values["hs_object_id"]))
        take(std::move(record));
    }
    if (is_all)
      return {};
    if (next == from)
      return base::error{base::error_code::unavailable,
                         "more records than HubSpot shows are of one moment; they cannot be compared"};
    from = next;
    seen = std::move(of_the_last_moment);
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
  const auto id = record.values.find("hs_object_id");
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

// All that one question shows.
base::result<std::vector<found_record>> record_reader::search(base::timestamp from, base::timestamp to) {
  std::vector<found_record> out;
  std::string after;
  do {
    if (!after.empty())
      std::this_thread::sleep_for(spacing_);
    const auto said =
        call([&](std::string_view token) { return search_request(of_, token, names_, time_name_, from, to, after); });
    auto page = read_page(said.answer, of_, said.mask);
    if (!page)
      return page.err();
    std::ranges::move(page->records, std::back_inserter(out));
    after = page->after;
  } while (!after.empty() && out.size() < shown_records_max);
  return out;
}

} // namespace cxstream::connectors::hubspot
