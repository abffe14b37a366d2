// The routes of import jobs.
#pragma once

#include "ports/access.hpp"
#include "ports/import_desk.hpp"
#include "transport/http/http_router.hpp"

#include <vector>

namespace cxstream::transport {

// `guard`: null: anyone may. What is given must outlive the routes.
std::vector<http_route> import_routes(ports::import_desk& desk, ports::access_guard* guard,
                                      std::uint64_t upload_bytes_max);

} // namespace cxstream::transport
