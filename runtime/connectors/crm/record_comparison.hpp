// What records should hold and what they hold, as texts that can be compared: the common part of the census of targets
// that keep a record a ticket (ports/census.hpp). A vendor's part reads and writes records (record_store).
//
// Invariants:
//  1. Compared is what follows from the ticket's state alone. Which of its events was sent last does not, where a sink
//     coalesces; so its key and type are not compared.
//  2. Numbers are compared to four decimals, times to the second, absent and empty alike: targets keep no more.
#pragma once

#include "connectors/crm/record_maker.hpp"
#include "ports/census.hpp"

#include "cxstream/v1/ticket.pb.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

enum class value_kind : std::uint8_t { text, number, flag, time, day };

// The text that a value has for comparison, however the target writes it: "0.5000" and 0.5,
// "2026-01-02T03:04:05.000+0000" and milliseconds since 1970. What cannot be read as its kind stays as it is.
std::string comparable(value_kind kind, std::string_view text);

// RFC 3339, the same with "+0000", a day, or milliseconds since 1970; nothing for other texts.
std::optional<base::timestamp> time_of(std::string_view text);

// A record as the target answers it: names and values, as text; absent and null are not in it.
struct found_record {
  std::string key;
  std::map<std::string, std::string, std::less<>> values;
};

// Which fields of a record are compared, and where its place is.
class record_shape {
public:
  // Errors: invalid_argument (the projection leaves out ticket_sequence or occurred_at).
  static base::result<record_shape> of(const model::compiled_projection& projection, const record_style& style);

  ports::census_row row_of(const found_record& record) const;
  // What an upsert of these values leaves behind; a field that is compared and not in the record is empty.
  found_record left_by(const crm_record& record) const;
  // Everything that is compared, the empty included, so that a write leaves nothing of before.
  void fill(crm_record& record) const;
  // Names that a query has to ask for.
  std::vector<std::string> names() const;
  const std::string& time_name() const {
    return time_name_;
  }

private:
  struct compared {
    std::string name;
    value_kind kind = value_kind::text;
  };
  std::vector<compared> fields_; // by name
  std::string sequence_name_;
  std::string time_name_;
};

// A ticket's state, folded from its events, and the event that carries it to the target.
class folded_ticket {
public:
  // Bytes that are no event change nothing.
  void add(const ports::delivery& event);
  // Nothing when nothing was added.
  std::optional<ports::delivery> carrier() const;

private:
  v1::TicketState state_;
  ports::delivery last_;
  v1::CanonicalEvent last_event_;
};

class expected_record final : public ports::expectation {
public:
  expected_record(record_maker& maker, const record_shape& shape) : maker_(maker), shape_(shape) {
  }
  void add(const ports::delivery& event) override {
    ticket_.add(event);
  }
  ports::census_row row() const override;

private:
  record_maker& maker_;
  const record_shape& shape_;
  folded_ticket ticket_;
};

} // namespace cxstream::connectors
