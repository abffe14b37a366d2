// Makes records of events under a sink's projection: which fields, under which names, in which form. Names live as long
// as the maker. Used by one thread at a time (it keeps a message and its memory between events).
//
// Invariants:
//  1. A field that the event says nothing about is not in the record; one that it clears is there, empty.
//  2. A signal is written as a whole: when an event has one, its parts that the event leaves out are emptied, as in
//  ticket
//     state.
//  3. The same event gives the same record.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "connectors/crm/record.hpp"
#include "model/projection.hpp"
#include "ports/target.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cxstream::connectors {

// How times are written, and days: "2026-01-02T03:04:05Z" and "2026-01-02", or milliseconds since 1970, for a day those
// of its midnight (UTC).
enum class time_form : std::uint8_t { rfc3339, unix_ms };

struct record_style {
  // Name at the target of an output of the projection; empty leaves it out. Outputs that the projection does not rename
  // have the name of their source.
  std::function<std::string(const model::projected_field&)> name_of;
  time_form times = time_form::rfc3339;
  std::set<std::string, std::less<>> dates = {}; // names at the target that want the day (UTC) of a time
  std::string list_separator = ";";
};

// Whether the projection gives the output a name of its own.
bool is_renamed(const model::projected_field& output);
// "churn_risk", "sentiment_score", "handle_time_s", "sequence": what a target can be told by default. Without dots.
std::string plain_name(const model::projected_field& output);
// ticket_id, which is the record's key, and the list of cleared fields: not written unless the projection renames them.
bool is_part_of_the_key(const model::projected_field& output);

// Of a sink that keeps a record a ticket: crm, ops or fields of its own; not bi, which has more fields than anybody
// wants to make there. Errors: invalid_argument.
base::result<model::compiled_projection> record_projection_of(const config::sink_config& sink);

crm_value time_value(base::timestamp time, time_form form);
crm_value day_value(base::timestamp time, time_form form);

class record_maker {
public:
  record_maker(const model::compiled_projection& projection, record_style style);

  // Nothing when the bytes are not a canonical event. The record's views are good as long as the maker.
  std::optional<crm_record> make(const ports::delivery& delivery, std::size_t event);
  // The event of the last make(), whole.
  const v1::CanonicalEvent& event() const {
    return event_;
  }

private:
  struct output {
    model::projected_field field;
    std::string name;
    bool is_date = false;
  };
  std::optional<crm_value> value_of(const output& o) const;

  record_style style_;
  std::vector<output> outputs_;
  v1::CanonicalEvent event_;
};

} // namespace cxstream::connectors
