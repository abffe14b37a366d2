// Tickets under whole numbers, for vendors that know no others: the suite's "T7" is 20007 at the target. A number leads
// back to its name.
#pragma once

#include "ports/target.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cxstream::conformance {

// Of a name that is one capital letter and up to three digits.
std::string number_of(const std::string& ticket);
std::string name_of(const std::string& number);
// Numbers of all tickets that a check may use at a target which takes one event a request.
std::vector<std::string> numbers_of_all_tickets();

// The connector, given events whose tickets have their numbers.
std::unique_ptr<ports::target> with_numbered_tickets(std::unique_ptr<ports::target> connector);

} // namespace cxstream::conformance
