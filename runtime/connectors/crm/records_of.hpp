// The part of a deliver() call that is the same for every target that keeps a record a ticket: events become records,
// the records' outcomes become the events'. Used within one call.
#pragma once

#include "connectors/crm/batch_splitter.hpp"
#include "connectors/crm/record_maker.hpp"
#include "connectors/outcomes.hpp"

#include <functional>
#include <span>
#include <vector>

namespace cxstream::connectors {

// Why an event cannot be a record of the target; nothing when it can.
using record_check = std::function<std::optional<std::string>(const crm_record&)>;

// Records of the events that can be one; the others are `unfit`. The target must not see two events of one ticket in
// one request, nor the second before it has answered for the first: so the second of each ticket make up a second
// round, and so on.
std::vector<std::vector<crm_record>> records_of(std::span<const ports::delivery> events, record_maker& maker,
                                                const record_check& check, outcomes& out);
// Sends round after round by `send`, without the records of tickets that an earlier event holds back; nothing more
// after a round that found the target unreachable or was asked to pause.
void send_rounds(std::vector<std::vector<crm_record>> rounds,
                 const std::function<void(std::vector<crm_record>& records)>& send, outcomes& out);
// Records of one group side by side, so that they meet in one request instead of locking each other out of two.
void sort_by_group(std::vector<crm_record>& records);
// Sends them by `send`, at most `records_max` in a request, until each has its outcome.
void send_records(std::span<const crm_record> records, std::size_t records_max,
                  const std::function<batch_answer(std::span<const crm_record>)>& send, outcomes& out);

} // namespace cxstream::connectors
