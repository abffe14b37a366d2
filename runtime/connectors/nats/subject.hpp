// The subject an event is published to, made from a template such as "cx.tickets.{account}.{ticket}". Pure.
//
// Invariants:
//  1. What an event fills in is one token of the subject: what would end it or be a wildcard is escaped as %XX, and
//  nothing
//     is written as "_". Different tickets get different subjects where the template names the ticket.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/event.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

class subject_template {
public:
  // Placeholders: {account} {ticket} {event_type} {source} {tag} {driver}. Errors: invalid_argument, saying what is
  // wrong with the text.
  static base::result<subject_template> of(std::string_view text);

  std::string of(const v1::CanonicalEvent& event) const;

private:
  enum class slot : std::uint8_t { text, account, ticket, event_type, source, tag, driver };
  struct part {
    slot what;
    std::string text; // of slot::text
  };
  static const std::string& value(slot what, const v1::CanonicalEvent& event);

  std::vector<part> parts_;
};

// One token: letters, digits, "-" and "_" as they are, everything else as %XX; "_" for nothing.
std::string subject_token(std::string_view value);

} // namespace cxstream::connectors
