// Import jobs as the HTTP door writes them. Pure.
#pragma once

#include "cxstream/v1/imports.pb.h"

#include "transport/http/http_message.hpp"

#include <vector>

namespace cxstream::transport {

// "running" of IMPORT_RUNNING.
std::string state_word(v1::ImportState state);

// {"id": …, "state": …, "counts": {…}, …}; what is not known is left out.
http_response job_answer(int status, const v1::ImportJob& job);
// {"jobs": […]}
http_response jobs_answer(const std::vector<v1::ImportJob>& jobs);
// 400, 403, 404, 409, 503 or 507 {"error": …}
http_response job_refusal(const base::error& why);

} // namespace cxstream::transport
