// What each error_code means to a caller: whether trying again can help, and how gRPC and HTTP name it.
#pragma once

#include "base/result.hpp"

#include <string_view>

namespace cxstream::base {

struct error_traits {
  std::string_view name;
  bool retryable;
  int grpc_status; // numeric value of grpc::StatusCode
  int http_status;
};

error_traits traits_of(error_code code) noexcept;

} // namespace cxstream::base
