#include "base/error_table.hpp"

namespace cxstream::base {

error_traits traits_of(error_code code) noexcept {
  switch (code) {
    case error_code::invalid_argument:
      return {"invalid_argument", false, 3, 400};
    case error_code::malformed:
      return {"malformed", false, 3, 400};
    case error_code::not_found:
      return {"not_found", false, 5, 404};
    case error_code::already_exists:
      return {"already_exists", false, 6, 409};
    case error_code::failed_precondition:
      return {"failed_precondition", false, 9, 409};
    case error_code::resource_exhausted:
      return {"resource_exhausted", true, 8, 429};
    case error_code::unavailable:
      return {"unavailable", true, 14, 503};
    case error_code::timeout:
      return {"timeout", true, 4, 504};
    case error_code::io:
      return {"io", true, 14, 503};
    case error_code::corrupt:
      return {"corrupt", false, 15, 500};
    case error_code::unsupported_format:
      return {"unsupported_format", false, 9, 500};
    case error_code::cancelled:
      return {"cancelled", true, 14, 503};
    case error_code::unauthenticated:
      return {"unauthenticated", false, 16, 401};
    case error_code::permission_denied:
      return {"permission_denied", false, 7, 403};
    case error_code::internal:
      break;
  }
  return {"internal", false, 13, 500};
}

} // namespace cxstream::base
