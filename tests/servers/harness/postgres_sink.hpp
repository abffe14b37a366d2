// A sink of kind postgres into a server of the test, as a configuration would have it.
#pragma once

#include "config/config.hpp"
#include "connectors/factory.hpp"
#include "servers/harness/postgres_server.hpp"

#include <gtest/gtest.h>

namespace cxstream::servers {

inline config::sink_config postgres_sink(const postgres_server& server) {
  config::sink_config sink;
  sink.name = "warehouse";
  sink.kind = "postgres";
  // The tests' clock stands still in the past, and load_audit must not be tidied up.
  sink.settings = {{"host", "127.0.0.1"},
                   {"port", server.port()},
                   {"database", "postgres"},
                   {"user", "cx"},
                   {"audit_days", "36500"}};
  return sink;
}

// Not opened; nothing when the configuration is wrong.
inline std::unique_ptr<ports::target> make(const config::sink_config& sink) {
  auto made = connectors::make_target(sink);
  EXPECT_TRUE(made) << (made ? "" : made.err().message);
  return made ? std::move(*made) : nullptr;
}

inline std::unique_ptr<ports::target> open(const config::sink_config& sink) {
  auto target = make(sink);
  const auto opened = target->open();
  EXPECT_TRUE(opened) << (opened ? "" : opened.err().message);
  return target;
}

// Every row of every table but load_audit, which counts what came again.
inline std::vector<std::string> dump(const postgres_server& server) {
  std::vector<std::string> out;
  for (const auto& table : server.rows("SELECT relname FROM pg_class WHERE relnamespace = 'cxstream'::regnamespace AND"
                                       " relkind IN ('r', 'p') AND relname <> 'load_audit' ORDER BY 1"))
    for (const auto& row : server.rows("SELECT t::text FROM cxstream." + table + " t ORDER BY 1"))
      out.push_back(table + ": " + row);
  return out;
}

} // namespace cxstream::servers
