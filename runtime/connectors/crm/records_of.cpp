#include "connectors/crm/records_of.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

// What ends a call, of the records of a round; nothing when the next round may go.
std::optional<ports::delivery_outcome> end_in(const std::vector<crm_record>& records, const outcomes& out) {
  for (const auto& record : records)
    if (const auto& outcome = out.at(record.event);
        outcome.result == delivery_result::unreachable || outcome.result == delivery_result::throttled)
      return outcome;
  return std::nullopt;
}

} // namespace

std::vector<std::vector<crm_record>> records_of(std::span<const ports::delivery> events, record_maker& maker,
                                                const record_check& check, outcomes& out) {
  std::vector<std::vector<crm_record>> rounds;
  std::unordered_map<std::string_view, std::size_t> taken; // events of a ticket that have a round
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (out.skips(i))
      continue;
    auto record = maker.make(events[i], i);
    if (!record) {
      out.set(i, failed(delivery_result::unfit, not_an_event));
      continue;
    }
    if (const auto why = check(*record)) {
      out.set(i, failed(delivery_result::unfit, *why));
      continue;
    }
    const auto round = taken[events[i].ticket_id]++;
    if (round == rounds.size())
      rounds.emplace_back();
    rounds[round].push_back(*std::move(record));
  }
  return rounds;
}

void send_rounds(std::vector<std::vector<crm_record>> rounds,
                 const std::function<void(std::vector<crm_record>& records)>& send, outcomes& out) {
  std::optional<ports::delivery_outcome> end;
  for (auto& records : rounds) {
    std::erase_if(records, [&](const crm_record& record) { return out.skips(record.event); });
    if (end) {
      for (const auto& record : records)
        out.set(record.event, *end);
    } else if (!records.empty()) {
      send(records);
      end = end_in(records, out);
    }
  }
}

void sort_by_group(std::vector<crm_record>& records) {
  std::ranges::stable_sort(records, {}, &crm_record::group);
}

void send_records(std::span<const crm_record> records, std::size_t records_max,
                  const std::function<batch_answer(std::span<const crm_record>)>& send, outcomes& out) {
  batch_splitter splitter(records.size(), records_max);
  while (const auto range = splitter.next())
    splitter.answer(send(records.subspan(range->from, range->size())));
  auto decided = std::move(splitter).take();
  for (std::size_t i = 0; i < records.size(); ++i)
    if (decided[i].result != ports::delivery_result::delivered)
      out.set(records[i].event, std::move(decided[i]));
}

} // namespace cxstream::connectors
