#include "ports/keys.hpp"

#include <cstdio>

namespace cxstream::ports::keys {

namespace {

template <class Number>
void append_number(std::string& out, Number n) {
  for (int shift = 8 * (static_cast<int>(sizeof n) - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((n >> shift) & 0xff));
}

std::uint64_t read_u64(std::string_view bytes) {
  std::uint64_t n = 0;
  for (const unsigned char byte : bytes.substr(0, 8))
    n = n << 8 | byte;
  return n;
}

void append_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    out.push_back(c);
    if (c == '\0')
      out.push_back('\1');
  }
  out.append(2, '\0');
}

// Reads a text and tells where it ends (one past its terminator).
std::string read_text(std::string_view key, std::size_t& pos) {
  std::string out;
  while (pos + 1 < key.size() && !(key[pos] == '\0' && key[pos + 1] == '\0')) {
    out.push_back(key[pos]);
    pos += key[pos] == '\0' ? 2 : 1;
  }
  pos += 2;
  return out;
}

std::string hex(std::uint64_t n, int digits) {
  char buffer[24];
  const auto size = std::snprintf(buffer, sizeof buffer, "%0*llx", digits, static_cast<unsigned long long>(n));
  return {buffer, static_cast<std::size_t>(size)};
}

} // namespace

std::string partition(base::partition_id p) {
  std::string out;
  append_number(out, p.value);
  return out;
}

std::string at(base::partition_id p, base::log_offset o) {
  auto out = partition(p);
  append_number(out, o.value);
  return out;
}

base::log_offset offset_of(std::string_view key) {
  return base::log_offset{read_u64(key.substr(2))};
}

std::string ticket(base::partition_id p, std::string_view ticket_id) {
  auto out = partition(p);
  append_text(out, ticket_id);
  return out;
}

std::string ticket_run(base::partition_id p, std::string_view ticket_id, std::uint32_t run) {
  auto out = ticket(p, ticket_id);
  append_number(out, run);
  return out;
}

std::string account(base::partition_id p, std::string_view account_id) {
  return ticket(p, account_id);
}

std::string account_ticket(base::partition_id p, std::string_view account_id, std::string_view ticket_id) {
  auto out = account(p, account_id);
  append_text(out, ticket_id);
  return out;
}

std::string sink_partition(std::string_view sink, base::partition_id p) {
  std::string out;
  append_text(out, sink);
  append_number(out, p.value);
  return out;
}

std::string sink_ticket(std::string_view sink, base::partition_id p, std::string_view ticket_id) {
  auto out = sink_partition(sink, p);
  append_text(out, ticket_id);
  return out;
}

std::string waiting(std::string_view sink, base::partition_id p, std::string_view ticket_id, base::log_offset o) {
  auto out = sink_ticket(sink, p, ticket_id);
  append_number(out, o.value);
  return out;
}

std::string text_after(std::string_view key, std::size_t prefix_length) {
  auto pos = prefix_length;
  return read_text(key, pos);
}

waiting_key parse_waiting(std::string_view key, std::size_t prefix_length) {
  auto pos = prefix_length;
  auto ticket_id = read_text(key, pos);
  return {std::move(ticket_id), base::log_offset{read_u64(key.substr(pos))}};
}

std::string dead_ingest(std::int64_t received_at_us, std::uint64_t unique) {
  return "ingest-" + hex(static_cast<std::uint64_t>(received_at_us), 14) + "-" + hex(unique, 8);
}

std::string dead_import(std::string_view job, std::uint64_t row) {
  return "import-" + std::string(job) + "-" + hex(row, 10);
}

std::string dead_conflict(base::partition_id p, base::log_offset o) {
  return "ticket-" + hex(p.value, 4) + "-" + hex(o.value, 12);
}

std::string dead_delivery_prefix(std::string_view sink, base::partition_id p) {
  return "delivery-" + std::string(sink) + ":" + hex(p.value, 4) + "-"; // no name of a sink has a colon
}

std::string dead_delivery(std::string_view sink, base::partition_id p, base::log_offset o) {
  return dead_delivery_prefix(sink, p) + hex(o.value, 12);
}

std::string manifest() {
  return "manifest";
}

std::string import_record_prefix() {
  return "import/";
}

std::string import_record(std::string_view job) {
  return import_record_prefix() + std::string(job);
}

std::string sink_record_prefix() {
  return "sink/";
}

std::string sink_record(std::string_view sink) {
  return sink_record_prefix() + std::string(sink);
}

std::string sink_budget(std::string_view sink) {
  return "budget/" + std::string(sink);
}

std::string sla_record(std::string_view sink) {
  return "sla/" + std::string(sink);
}

std::string sla_hour_prefix(std::string_view sink) {
  return "sla_hour/" + std::string(sink) + ":";
}

std::string sla_hour(std::string_view sink, std::int64_t hour) {
  auto out = sla_hour_prefix(sink);
  append_number(out, static_cast<std::uint64_t>(hour));
  return out;
}

std::int64_t sla_hour_of(std::string_view key) {
  return static_cast<std::int64_t>(read_u64(key.substr(key.size() - 8)));
}

std::string replay_prefix() {
  return "replay/";
}

std::string replay(std::string_view id) {
  return replay_prefix() + std::string(id);
}

std::string after_prefix(std::string_view prefix) {
  std::string out(prefix);
  while (!out.empty() && static_cast<unsigned char>(out.back()) == 0xff)
    out.pop_back();
  if (!out.empty())
    out.back() = static_cast<char>(out.back() + 1);
  return out;
}

} // namespace cxstream::ports::keys
