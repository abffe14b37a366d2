#include "pollers/poll_dialect.hpp"

#include "pollers/hubspot_search.hpp"
#include "pollers/intercom_search.hpp"
#include "pollers/paged_json.hpp"
#include "pollers/query_url.hpp"
#include "pollers/zendesk_export.hpp"

namespace cxstream::pollers {

base::result<std::unique_ptr<poll_dialect>> make_dialect(const config::poll_config& config) {
  if (auto checked = check_site(config.url); !checked)
    return checked.err();
  switch (config.kind) {
    case config::poll_kind::zendesk_export:
      return std::unique_ptr<poll_dialect>(std::make_unique<zendesk_export>(config));
    case config::poll_kind::intercom_search:
      return std::unique_ptr<poll_dialect>(std::make_unique<intercom_search>(config));
    case config::poll_kind::hubspot_search:
      return std::unique_ptr<poll_dialect>(std::make_unique<hubspot_search>(config));
    case config::poll_kind::paged_json:
      break;
  }
  return paged_json::make(config);
}

} // namespace cxstream::pollers
