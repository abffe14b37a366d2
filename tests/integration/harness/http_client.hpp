// Asks a node over HTTP, as a browser, a vendor or a scraper would.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cxstream::integration {

struct http_answer {
  long status = 0; // 0 when nobody answered
  std::string body;
};
http_answer http_get(const std::string& address, const std::string& path);

using http_headers = std::map<std::string, std::string>;

// One connection that is kept alive. Owned by one thread.
class http_poster {
public:
  explicit http_poster(std::string address);
  ~http_poster();
  http_poster(const http_poster&) = delete;
  http_poster& operator=(const http_poster&) = delete;

  // Content-Type is application/json unless `headers` say otherwise.
  http_answer post(const std::string& path, std::string_view body, const http_headers& headers = {});

private:
  struct handle;
  std::string address_;
  std::unique_ptr<handle> handle_;
};

} // namespace cxstream::integration
