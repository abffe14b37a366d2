// Records of an org, read by SOQL and written by the upsert that delivers: for the census. Owned by the target.
#pragma once

#include "connectors/crm/record_census.hpp"
#include "connectors/salesforce/connection.hpp"

#include <functional>

namespace cxstream::connectors::salesforce {

class record_reader final : public record_store {
public:
  // `org` outlives it. Nothing is written while `is_busy`: what runs at the org could write older values afterwards.
  record_reader(connection& org, shape of, std::vector<std::string> names, std::string time_name,
                std::function<bool()> is_busy);

  base::result<void> all(const take_record& take) override;
  base::result<void> between(base::timestamp from, base::timestamp to, const take_record& take) override;
  base::result<void> by_key(std::span<const std::string> keys, const take_record& take) override;
  ports::delivery_outcome write(const crm_record& record) override;
  base::result<void> remove(const found_record& record) override;

private:
  base::result<void> query(const std::string& soql, const take_record& take);

  connection& org_;
  shape of_;
  std::vector<std::string> names_;
  std::string time_name_;
  std::function<bool()> is_busy_;
};

} // namespace cxstream::connectors::salesforce
