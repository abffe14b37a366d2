// Asks a node's metrics and health port.
#pragma once

#include <string>

namespace cxstream::integration {

struct http_answer {
  long status = 0; // 0 when nobody answered
  std::string body;
};
http_answer http_get(const std::string& address, const std::string& path);

} // namespace cxstream::integration
