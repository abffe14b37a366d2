// The HTTP door of a node: POST /v1/sources/{name}, POST /v1/events, /v1/imports and /v1/feedback/{token}. Owns the
// server; what it is given must outlive it. start() → close(); look() belongs to one thread.
#pragma once

#include "config/config.hpp"
#include "ports/access.hpp"
#include "ports/clock.hpp"
#include "ports/feedback.hpp"
#include "ports/import_desk.hpp"
#include "ports/log.hpp"
#include "ports/services.hpp"
#include "ports/source_meter.hpp"
#include "security/tls/tls_files.hpp"
#include "serve/configured_sources.hpp"
#include "transport/http/http_server.hpp"

#include <memory>
#include <optional>

namespace cxstream::cli {

struct intake_services {
  ports::ingest_gate& gate;
  const ports::clock& clock;
  ports::source_meter& meter;
  ports::access_guard* guard; // of events and imports; null: anyone. Sources are verified each by its own scheme.
  ports::import_desk& imports;
  ports::log& log;
  ports::feedback_reader* feedback = nullptr; // null: no links of feedback
};

class intake_door {
public:
  // Errors: invalid_argument, io (cannot listen there).
  static base::result<std::unique_ptr<intake_door>>
  start(const config::node_config& config, const configured_sources& sources, const intake_services& services);

  int port() const {
    return server_->port();
  }
  // Takes renewed TLS files into use.
  void look();
  void close(std::chrono::milliseconds at_most) {
    server_->close(at_most);
  }

private:
  explicit intake_door(const intake_services& services) : services_(services) {
  }

  const intake_services services_;
  std::unique_ptr<transport::http_server> server_;
  transport::tls_files tls_;
  std::optional<security::tls_watch> watch_;
};

} // namespace cxstream::cli
