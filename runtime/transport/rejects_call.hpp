// rejects_call: one ExportImportRejects call: asks for piece after piece and writes them, so that it holds one however
// many there are.
//
// Owned by itself until gRPC is done with the call, and by the piece it waits for.
#pragma once

#include "cxstream/v1/imports.pb.h"
#include "ports/import_desk.hpp"

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <string>

namespace cxstream::transport {

class rejects_call final : public grpc::ServerWriteReactor<v1::ExportImportRejectsResponse>,
                           public std::enable_shared_from_this<rejects_call> {
public:
  // Returns what the service method must return.
  static rejects_call* start(ports::import_desk& desk, std::string id);

  rejects_call(ports::import_desk& desk, std::string id) : desk_(desk), id_(std::move(id)) {
  }

private:
  void ask();
  void on_piece(base::result<ports::rejects_piece> piece);
  // With the lock.
  void finish(const grpc::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  ports::import_desk& desk_;
  const std::string id_;
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  v1::ExportImportRejectsResponse outgoing_;
  bool writing_ = false;
  bool finished_ = false;
  std::shared_ptr<rejects_call> self_;
};

} // namespace cxstream::transport
