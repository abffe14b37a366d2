// upload_call: one UploadImport call: a file from the client to the disk, a piece at a time.
//
// Owned by itself until gRPC is done with the call, and by the piece it waits for. The next message is read when the
// piece before it was written, so that a call holds one piece however long the file is.
//
// Invariant: a job is made only when the client has said that this was all. A connection that breaks looks to the
// server as one that is closed in order.
#pragma once

#include "cxstream/v1/imports.pb.h"
#include "ports/import_desk.hpp"

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace cxstream::transport {

class upload_call final : public grpc::ServerReadReactor<v1::UploadImportRequest>,
                          public std::enable_shared_from_this<upload_call> {
public:
  // Whether the caller may bring a mapping of his own; asked at most once, before the call ends.
  using program_check = std::function<bool()>;

  // Returns what the service method must return. `closing`: the node takes no more; outlives the call.
  static upload_call* start(ports::import_desk& desk, ports::import_sender from, program_check may_program,
                            const std::atomic<bool>& closing, v1::UploadImportResponse* response);

  upload_call(ports::import_desk& desk, ports::import_sender from, program_check may_program,
              const std::atomic<bool>& closing, v1::UploadImportResponse* response);

private:
  void begin(v1::ImportSpec spec);
  void write(std::string piece);
  void end(std::uint64_t bytes);
  void written(const base::result<void>& outcome);
  void finish(const grpc::Status& status);

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  ports::import_desk& desk_;
  ports::import_sender from_;
  const program_check may_program_;
  const std::atomic<bool>& closing_;
  v1::UploadImportResponse* const response_; // gRPC's; valid until finished
  v1::UploadImportRequest incoming_;
  std::shared_ptr<ports::import_upload> upload_;
  std::uint64_t bytes_ = 0;
  std::mutex mutex_;
  bool finished_ = false; // guarded by mutex_
  std::shared_ptr<upload_call> self_;
};

} // namespace cxstream::transport
