#include "transport/http/import_routes.hpp"

#include "transport/http/import_jobs_endpoint.hpp"
#include "transport/http/import_upload_endpoint.hpp"

#include <tuple>

namespace cxstream::transport {

std::vector<http_route> import_routes(ports::import_desk& desk, ports::access_guard* guard,
                                      std::uint64_t upload_bytes_max) {
  using call = import_jobs_endpoint::call;
  std::vector<http_route> out;
  out.push_back(
      {"POST", "/v1/imports", nullptr, upload_bytes_max, std::make_shared<import_upload_endpoint>(desk, guard)});
  for (const auto& [method, path, what] : {std::tuple("GET", "/v1/imports", call::list),
                                           {"GET", "/v1/imports/{id}", call::show},
                                           {"DELETE", "/v1/imports/{id}", call::forget},
                                           {"GET", "/v1/imports/{id}/rejects", call::rejects},
                                           {"POST", "/v1/imports/{id}/pause", call::pause},
                                           {"POST", "/v1/imports/{id}/resume", call::resume},
                                           {"POST", "/v1/imports/{id}/cancel", call::cancel}})
    out.push_back({method, path, std::make_shared<import_jobs_endpoint>(what, desk, guard)});
  return out;
}

} // namespace cxstream::transport
