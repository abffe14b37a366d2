// watch_call: one WatchImport call: tells a job whenever it has changed, a few times a second at most.
//
// Owned by itself until gRPC is done with the call.
#pragma once

#include "cxstream/v1/imports.pb.h"
#include "ports/import_desk.hpp"

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace cxstream::transport {

class watch_call final : public grpc::ServerWriteReactor<v1::WatchImportResponse>,
                         public std::enable_shared_from_this<watch_call> {
public:
  // Returns what the service method must return. `closing`: the node wants it to end; outlives the call.
  static watch_call* start(const ports::import_desk& desk, std::string id, const std::atomic<bool>& closing);

  watch_call(const ports::import_desk& desk, std::string id, const std::atomic<bool>& closing)
      : desk_(desk), id_(std::move(id)), closing_(closing) {
  }

private:
  void look();
  // With the lock.
  void look_later();
  void finish(const grpc::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  const ports::import_desk& desk_;
  const std::string id_;
  const std::atomic<bool>& closing_;
  grpc::Alarm alarm_;
  std::mutex mutex_;
  v1::WatchImportResponse outgoing_; // what was told last
  std::string told_;                 // the same, serialized
  bool writing_ = false;
  bool finished_ = false;
  std::shared_ptr<watch_call> self_;
};

} // namespace cxstream::transport
