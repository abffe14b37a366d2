// The postgres sink's ports::census: its questions and its mending, over the target's connection. Owned by the target.
#pragma once

#include "connectors/postgres/warehouse.hpp"
#include "ports/census.hpp"

#include <functional>

namespace cxstream::connectors::postgres {

class census_desk final : public ports::census {
public:
  // `open`: the open warehouse, or null. `drop`: the connection is of no more use.
  census_desk(std::function<warehouse*()> open, std::function<void()> drop)
      : open_(std::move(open)), drop_(std::move(drop)) {
  }
  std::unique_ptr<ports::expectation> expect() const override;
  base::result<std::vector<ports::bucket_summary>> summarise(std::chrono::seconds width) override;
  base::result<std::vector<ports::census_row>> rows_between(base::timestamp from, base::timestamp to) override;
  base::result<std::vector<ports::census_row>> rows(std::span<const std::string> ticket_ids) override;
  base::result<ports::mended> repair(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                     base::timestamp now) override;
  base::result<void> remove(const std::string& ticket_id) override;

private:
  template <class Work>
  auto with_warehouse(Work&& work) -> base::result<decltype(work(std::declval<warehouse&>()))>;

  std::function<warehouse*()> open_;
  std::function<void()> drop_;
};

} // namespace cxstream::connectors::postgres
