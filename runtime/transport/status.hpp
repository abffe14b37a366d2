// Errors of cxstream as gRPC statuses.
#pragma once

#include "base/result.hpp"

#include <grpcpp/support/status.h>

namespace cxstream::transport {

grpc::Status to_status(const base::error& why);
grpc::Status to_status(base::error_code code, std::string message);

} // namespace cxstream::transport
