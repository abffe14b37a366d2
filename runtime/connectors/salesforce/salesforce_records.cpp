#include "connectors/salesforce/salesforce_records.hpp"

#include "connectors/salesforce/soql.hpp"

#include <algorithm>
#include <chrono>

namespace cxstream::connectors::salesforce {

namespace {

// The assertion of a new session is the only thing that wants to know.
base::timestamp now() {
  return std::chrono::floor<base::duration>(std::chrono::system_clock::now());
}

constexpr std::string_view job_runs = "a bulk job is running; mend this when it has ended";

} // namespace

record_reader::record_reader(connection& org, shape of, std::vector<std::string> names, std::string time_name,
                             std::function<bool()> is_busy)
    : org_(org), of_(std::move(of)), names_(std::move(names)), time_name_(std::move(time_name)),
      is_busy_(std::move(is_busy)) {
}

base::result<void> record_reader::all(const take_record& take) {
  return query(select_all(of_, names_), take);
}

base::result<void> record_reader::between(base::timestamp from, base::timestamp to, const take_record& take) {
  return query(select_between(of_, names_, time_name_, from, to), take);
}

base::result<void> record_reader::by_key(std::span<const std::string> keys, const take_record& take) {
  for (; !keys.empty(); keys = keys.subspan(std::min(keys.size(), queried_ids_max)))
    if (auto read = query(select_by_key(of_, names_, keys.first(std::min(keys.size(), queried_ids_max))), take); !read)
      return read;
  return {};
}

base::result<void> record_reader::query(const std::string& soql, const take_record& take) {
  auto page =
      read_query(org_.call([&](const session& at) { return query_request(at, of_, soql); }, now()), of_, org_.mask());
  while (page) {
    for (auto& record : page->records)
      take(std::move(record));
    if (page->next.empty())
      return {};
    const auto next = page->next;
    page =
        read_query(org_.call([&](const session& at) { return next_page_request(at, next); }, now()), of_, org_.mask());
  }
  return page.err();
}

ports::delivery_outcome record_reader::write(const crm_record& record) {
  if (is_busy_())
    return {ports::delivery_result::unreachable, std::string(job_runs), std::nullopt};
  const std::span one(&record, 1);
  const auto answer = org_.call([&](const session& at) { return upsert_request(at, of_, one); }, now());
  const auto read = read_upsert(answer, kind_of(of_, one), 1, org_.mask());
  return read.is == batch_answer::verdict::each ? read.records.front() : read.whole;
}

base::result<void> record_reader::remove(const found_record& record) {
  if (is_busy_())
    return base::error{base::error_code::unavailable, std::string(job_runs)};
  const auto id = record.values.find("Id");
  if (id == record.values.end())
    return base::error{base::error_code::unavailable, "the record has no Id"};
  const auto answer = org_.call([&](const session& at) { return delete_request(at, of_, id->second); }, now());
  constexpr int gone = 404;
  if (answer.end == call_end::answered && (answer.status == gone || (answer.status >= 200 && answer.status < 300)))
    return {};
  return base::error{base::error_code::unavailable, "the record cannot be deleted: " + reason_of(answer, org_.mask())};
}

} // namespace cxstream::connectors::salesforce
