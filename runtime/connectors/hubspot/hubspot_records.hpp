// Records of an account, read by search and written by the upsert that delivers: for the census. Owned by the target.
#pragma once

#include "connectors/crm/record_census.hpp"
#include "connectors/http/authorized_call.hpp"
#include "connectors/hubspot/search.hpp"

#include <chrono>
#include <functional>

namespace cxstream::connectors::hubspot {

class record_reader final : public record_store {
public:
  // `client` and `token` outlive it. `spacing`: between two searches.
  record_reader(http_client& client, security::secret& token, shape of, std::vector<std::string> names,
                std::string time_name, std::chrono::milliseconds spacing);

  base::result<void> all(const take_record& take) override;
  base::result<void> between(base::timestamp from, base::timestamp to, const take_record& take) override;
  base::result<void> by_key(std::span<const std::string> keys, const take_record& take) override;
  ports::delivery_outcome write(const crm_record& record) override;
  base::result<void> remove(const found_record& record) override;

private:
  http_exchange call(const std::function<http_request(std::string_view token)>& make);

  http_client& client_;
  security::secret& token_;
  shape of_;
  std::vector<std::string> names_;
  std::string time_name_;
  std::chrono::milliseconds spacing_;
};

} // namespace cxstream::connectors::hubspot
