// The kinds of target a sink may have, as they are written in a configuration. connectors/factory.cpp has the code of
// each.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace cxstream::config {

constexpr auto sink_kinds = std::to_array<std::string_view>({
    "sqlite",     //
    "webhook",    //
    "file",       //
    "slack",      //
    "pagerduty",  //
    "opsgenie",   //
    "evidence",   //
    "postgres",   //
    "clickhouse", //
    "lake",       //
    "s3",         //
    "nats",       //
    "kafka",      //
    "salesforce", //
    "hubspot",    //
    "zendesk",    //
    "intercom",   //
    "rest",       //
});

// "sqlite, webhook, …"
inline std::string names_of_sink_kinds() {
  std::string out;
  for (const auto kind : sink_kinds)
    out.append(out.empty() ? "" : ", ").append(kind);
  return out;
}

} // namespace cxstream::config
