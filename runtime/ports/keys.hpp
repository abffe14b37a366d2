// Layout of the store's keys. Numbers are big-endian, so that keys sort as the numbers do; everything that belongs to a
// partition begins with it, so that a partition can be moved as a range. Texts inside a key end with "\0\0" after
// escaping
// "\0" as "\0\1", so that no text is a prefix of another and any bytes are allowed.
#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::ports::keys {

// partition
std::string partition(base::partition_id p);
// partition, offset: log, history
std::string at(base::partition_id p, base::log_offset o);
base::log_offset offset_of(std::string_view key);
// partition, ticket: tickets
std::string ticket(base::partition_id p, std::string_view ticket_id);
// partition, ticket, run: ticket_index
std::string ticket_run(base::partition_id p, std::string_view ticket_id, std::uint32_t run);
// partition, account [, ticket]: accounts
std::string account(base::partition_id p, std::string_view account_id);
std::string account_ticket(base::partition_id p, std::string_view account_id, std::string_view ticket_id);
// sink, partition: cursors; and prefix of waiting
std::string sink_partition(std::string_view sink, base::partition_id p);
// sink, partition, ticket [, offset]: waiting
std::string sink_ticket(std::string_view sink, base::partition_id p, std::string_view ticket_id);
std::string waiting(std::string_view sink, base::partition_id p, std::string_view ticket_id, base::log_offset o);
// Text at the end of a key made of a prefix and one text.
std::string text_after(std::string_view key, std::size_t prefix_length);
// Ticket and offset of a waiting key; the sink and partition prefix must be its own.
struct waiting_key {
  std::string ticket_id;
  base::log_offset offset;
};
waiting_key parse_waiting(std::string_view key, std::size_t prefix_length);

// Ids of dead letters; they sort by stage, then by age or place.
std::string dead_ingest(std::int64_t received_at_us, std::uint64_t unique);
std::string dead_import(std::string_view job, std::uint64_t row);
std::string dead_conflict(base::partition_id p, base::log_offset o);
std::string dead_delivery_prefix(std::string_view sink, base::partition_id p);
std::string dead_delivery(std::string_view sink, base::partition_id p, base::log_offset o);

// Meta.
std::string manifest();
std::string import_record_prefix();
std::string import_record(std::string_view job);
std::string sink_record_prefix();
std::string sink_record(std::string_view sink);
std::string sink_budget(std::string_view sink);
// When the sink's service level began to be measured.
std::string sla_record(std::string_view sink);
// Its counts by hour since 1970; no name of a sink has a colon.
std::string sla_hour_prefix(std::string_view sink);
std::string sla_hour(std::string_view sink, std::int64_t hour);
// Of a key made by sla_hour().
std::int64_t sla_hour_of(std::string_view key);
std::string replay_prefix();
std::string replay(std::string_view id);

// The first key after all keys that begin with `prefix`; empty when there is none.
std::string after_prefix(std::string_view prefix);

} // namespace cxstream::ports::keys
