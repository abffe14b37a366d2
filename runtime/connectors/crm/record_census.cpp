#include "connectors/crm/record_census.hpp"

#include <map>

namespace cxstream::connectors {

record_census::record_census(std::unique_ptr<record_store> store, record_maker maker, record_shape shape)
    : store_(std::move(store)), maker_(std::move(maker)), shape_(std::move(shape)) {
}

std::unique_ptr<ports::expectation> record_census::expect() const {
  return std::make_unique<expected_record>(maker_, shape_);
}

base::result<std::vector<ports::bucket_summary>> record_census::summarise(std::chrono::seconds width) {
  std::map<std::int64_t, ports::bucket_summary> buckets;
  const auto read = store_->all([&](const found_record& record) {
    const auto row = shape_.row_of(record);
    const auto number = ports::bucket_of(row.last_occurred_at, width);
    auto& bucket = buckets.try_emplace(number, ports::bucket_summary{number, 0, 0}).first->second;
    ++bucket.rows;
    bucket.digest = *bucket.digest ^ row.digest;
  });
  if (!read)
    return read.err();
  std::vector<ports::bucket_summary> out;
  for (const auto& [number, bucket] : buckets)
    out.push_back(bucket);
  return out;
}

base::result<std::vector<ports::census_row>> record_census::rows_between(base::timestamp from, base::timestamp to) {
  std::vector<ports::census_row> out;
  const auto read =
      store_->between(from, to, [&](const found_record& record) { out.push_back(shape_.row_of(record)); });
  if (!read)
    return read.err();
  return out;
}

base::result<std::vector<ports::census_row>> record_census::rows(std::span<const std::string> ticket_ids) {
  std::vector<ports::census_row> out;
  const auto read =
      store_->by_key(ticket_ids, [&](const found_record& record) { out.push_back(shape_.row_of(record)); });
  if (!read)
    return read.err();
  return out;
}

base::result<ports::mended> record_census::repair(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                                  base::timestamp /*now*/) {
  using base::error_code;
  folded_ticket ticket;
  for (const auto& event : events)
    ticket.add(event);
  const auto carrier = ticket.carrier();
  if (!carrier)
    return base::error{error_code::invalid_argument, "none of the ticket's events can be read"};
  auto record = maker_.make(*carrier, 0);
  if (!record)
    return base::error{error_code::invalid_argument, "the ticket's state is no event"};
  const auto expected = shape_.row_of(shape_.left_by(*record));
  const auto found = rows(std::span(&record->key, 1));
  if (!found)
    return found.err();
  for (const auto& row : *found)
    if (expected.sequence < row.sequence && row.sequence != seen)
      return ports::mended::moved_on;
  shape_.fill(*record);
  const auto outcome = store_->write(*record);
  if (outcome.result == ports::delivery_result::delivered)
    return ports::mended::done;
  const bool is_refused =
      outcome.result == ports::delivery_result::permanent || outcome.result == ports::delivery_result::unfit;
  return base::error{is_refused ? error_code::invalid_argument : error_code::unavailable, outcome.reason};
}

base::result<void> record_census::remove(const std::string& ticket_id) {
  std::vector<found_record> found;
  const auto read =
      store_->by_key(std::span(&ticket_id, 1), [&](found_record record) { found.push_back(std::move(record)); });
  if (!read)
    return read.err();
  for (const auto& record : found)
    if (const auto removed = store_->remove(record); !removed)
      return removed.err();
  return {};
}

} // namespace cxstream::connectors
