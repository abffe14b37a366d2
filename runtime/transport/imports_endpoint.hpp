// imports_endpoint: cxstream.v1.ImportService over the desk of import jobs. Thread-safe; gRPC's threads call it.
//
// Who may look at a job: a key with the scope read, and the key that made it. Who may steer: operate.
#pragma once

#include "cxstream/v1/imports.grpc.pb.h"
#include "ports/import_desk.hpp"
#include "transport/call_guard.hpp"

#include <atomic>

namespace cxstream::transport {

class imports_endpoint final : public v1::ImportService::CallbackService {
public:
  imports_endpoint(ports::import_desk& desk, call_guard guard) : desk_(desk), guard_(guard) {
  }

  grpc::ServerReadReactor<v1::UploadImportRequest>* UploadImport(grpc::CallbackServerContext*,
                                                                 v1::UploadImportResponse*) override;
  grpc::ServerUnaryReactor* StartImport(grpc::CallbackServerContext*, const v1::StartImportRequest*,
                                        v1::StartImportResponse*) override;
  grpc::ServerUnaryReactor* ListImports(grpc::CallbackServerContext*, const v1::ListImportsRequest*,
                                        v1::ListImportsResponse*) override;
  grpc::ServerUnaryReactor* GetImport(grpc::CallbackServerContext*, const v1::GetImportRequest*,
                                      v1::GetImportResponse*) override;
  grpc::ServerWriteReactor<v1::WatchImportResponse>* WatchImport(grpc::CallbackServerContext*,
                                                                 const v1::WatchImportRequest*) override;
  grpc::ServerUnaryReactor* PauseImport(grpc::CallbackServerContext*, const v1::PauseImportRequest*,
                                        v1::PauseImportResponse*) override;
  grpc::ServerUnaryReactor* ResumeImport(grpc::CallbackServerContext*, const v1::ResumeImportRequest*,
                                         v1::ResumeImportResponse*) override;
  grpc::ServerUnaryReactor* CancelImport(grpc::CallbackServerContext*, const v1::CancelImportRequest*,
                                         v1::CancelImportResponse*) override;
  grpc::ServerUnaryReactor* DeleteImport(grpc::CallbackServerContext*, const v1::DeleteImportRequest*,
                                         v1::DeleteImportResponse*) override;
  grpc::ServerWriteReactor<v1::ExportImportRejectsResponse>*
  ExportImportRejects(grpc::CallbackServerContext*, const v1::ExportImportRejectsRequest*) override;

  // Uploads and watches come to their end soon.
  void close() {
    closed_ = true;
  }

private:
  base::result<void> may_see(const grpc::CallbackServerContext& context, const std::string& id) const;
  template <class Response>
  grpc::ServerUnaryReactor* steer(grpc::CallbackServerContext* context, const std::string& id,
                                  void (ports::import_desk::*wish)(const std::string&, ports::reply<v1::ImportJob>),
                                  Response* response);

  ports::import_desk& desk_;
  const call_guard guard_;
  std::atomic<bool> closed_ = false;
};

} // namespace cxstream::transport
