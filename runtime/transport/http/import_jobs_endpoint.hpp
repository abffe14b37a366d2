// import_jobs_endpoint: what there is below /v1/imports besides uploads: jobs are listed, looked at and steered.
// Thread-safe; the desk and the guard must outlive it.
#pragma once

#include "ports/import_desk.hpp"
#include "transport/http/http_exchange.hpp"
#include "transport/http/http_guard.hpp"

namespace cxstream::transport {

class import_jobs_endpoint final : public http_handler {
public:
  enum class call : std::uint8_t { list, show, rejects, pause, resume, cancel, forget };

  // `guard`: whose key must be for reading, or for operating; null: anyone may.
  import_jobs_endpoint(call what, ports::import_desk& desk, ports::access_guard* guard)
      : what_(what), desk_(desk), guard_(guard) {
  }
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override;

private:
  base::result<void> allowed(const http_request& request) const;
  void rejects(const http_request& request, const std::shared_ptr<http_exchange>& exchange);

  const call what_;
  ports::import_desk& desk_;
  const http_guard guard_;
};

} // namespace cxstream::transport
