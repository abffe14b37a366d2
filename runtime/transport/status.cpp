#include "transport/status.hpp"

#include "base/error_table.hpp"

#include <string>

namespace cxstream::transport {
namespace {

// A status travels in a header line of at most some KiB, whatever a message may hold.
constexpr std::size_t message_bytes_max = 2'048;

} // namespace

grpc::Status to_status(base::error_code code, std::string message) {
  if (message.size() > message_bytes_max) {
    message.resize(message_bytes_max);
    message += "…";
  }
  return {static_cast<grpc::StatusCode>(base::traits_of(code).grpc_status), message};
}

grpc::Status to_status(const base::error& why) {
  return to_status(why.code, why.message);
}

} // namespace cxstream::transport
