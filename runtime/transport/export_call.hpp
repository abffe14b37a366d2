// export_call: one ExportDeadLetters call: asks the node for page after page and writes the letters one by one, so that
// it holds one page at a time however many there are.
//
// Owned by itself until gRPC is done with the call, and by the page it waits for. A page is asked for only when the one
// before was written wholly.
#pragma once

#include "cxstream/v1/admin.pb.h"
#include "ports/services.hpp"

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>

namespace cxstream::transport {

class export_call final : public grpc::ServerWriteReactor<v1::ExportDeadLettersResponse>,
                          public std::enable_shared_from_this<export_call> {
public:
  // Returns what the service method must return.
  static export_call* start(ports::admin_service& node, const v1::ExportDeadLettersRequest& request);

  export_call(ports::admin_service& node, const v1::ExportDeadLettersRequest& request);

private:
  void ask_page();
  void on_page(base::result<v1::ListDeadLettersResponse> page);
  // With the lock: writes the next letter of the page, or finishes after the last page. True: ask for another page.
  bool advance();
  // With the lock.
  void finish(const grpc::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  ports::admin_service& node_;
  v1::ListDeadLettersRequest request_; // for the next page
  std::mutex mutex_;
  v1::ListDeadLettersResponse page_;
  int next_ = 0; // in page_
  v1::ExportDeadLettersResponse outgoing_;
  bool writing_ = false;
  bool finished_ = false;
  std::shared_ptr<export_call> self_;
};

} // namespace cxstream::transport
