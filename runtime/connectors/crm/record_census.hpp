// The census of a target that keeps a record a ticket, over what a vendor offers for reading and writing records. Owned
// by one thread, like the target.
//
// A vendor's API groups by calendar days at most and cannot digest, and the rows of a bucket without a digest are read
// anyway; so a summary reads every record once, and digests by itself.
#pragma once

#include "connectors/crm/record_comparison.hpp"
#include "ports/census.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace cxstream::connectors {

// Records of a vendor. Errors of all: unavailable.
class record_store {
public:
  using take_record = std::function<void(found_record)>;

  virtual ~record_store() = default;
  // Every record that is a ticket's.
  virtual base::result<void> all(const take_record& take) = 0;
  // Those whose time field is in [from, to).
  virtual base::result<void> between(base::timestamp from, base::timestamp to, const take_record& take) = 0;
  virtual base::result<void> by_key(std::span<const std::string> keys, const take_record& take) = 0;
  virtual ports::delivery_outcome write(const crm_record& record) = 0;
  virtual base::result<void> remove(const found_record& record) = 0;
};

class record_census final : public ports::census {
public:
  record_census(std::unique_ptr<record_store> store, record_maker maker, record_shape shape);

  std::unique_ptr<ports::expectation> expect() const override;
  base::result<std::vector<ports::bucket_summary>> summarise(std::chrono::seconds width) override;
  base::result<std::vector<ports::census_row>> rows_between(base::timestamp from, base::timestamp to) override;
  base::result<std::vector<ports::census_row>> rows(std::span<const std::string> ticket_ids) override;
  base::result<ports::mended> repair(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                     base::timestamp now) override;
  base::result<void> remove(const std::string& ticket_id) override;

private:
  std::unique_ptr<record_store> store_;
  mutable record_maker maker_; // keeps memory between records
  record_shape shape_;
};

} // namespace cxstream::connectors
