// import_upload_endpoint: POST /v1/imports: a file of any size becomes an import job. Thread-safe; the desk and the
// guard must outlive it.
//
// Invariant: 202 means that the file and its job are durable.
#pragma once

#include "ports/import_desk.hpp"
#include "transport/http/http_exchange.hpp"
#include "transport/http/http_guard.hpp"

namespace cxstream::transport {

class import_upload_endpoint final : public body_handler {
public:
  // `guard`: whose key must be for ingest; null: anyone may send.
  import_upload_endpoint(ports::import_desk& desk, ports::access_guard* guard) : desk_(desk), guard_(guard) {
  }
  std::variant<std::shared_ptr<body_taker>, http_response> begin(http_request head) override;

private:
  ports::import_desk& desk_;
  const http_guard guard_;
};

} // namespace cxstream::transport
