// How the sinks keep their promises, as text for people. Pure.
#pragma once

#include "terminal/style.hpp"

#include "cxstream/v1/sla.pb.h"

#include <string>

namespace cxstream::cli {

// For each sink a sentence with the verdict, the budget and how fast it is being spent, then its days.
std::string sla_text(const v1::GetSlaResponse& answer, const terminal::style& look, std::size_t width);

// True when every sink that was measured has budget left.
bool all_within_budget(const v1::GetSlaResponse& answer);

} // namespace cxstream::cli
