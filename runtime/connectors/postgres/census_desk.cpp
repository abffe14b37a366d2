#include "connectors/postgres/census_desk.hpp"

#include "connectors/postgres/warehouse_census.hpp"

namespace cxstream::connectors::postgres {

template <class Work>
auto census_desk::with_warehouse(Work&& work) -> base::result<decltype(work(std::declval<warehouse&>()))> {
  auto* open = open_();
  if (open == nullptr)
    return base::error{base::error_code::unavailable, "PostgreSQL cannot be reached"};
  try {
    return work(*open);
  } catch (const strange_events& why) {
    open->undo();
    return base::error{base::error_code::invalid_argument, why.what()};
  } catch (const failure& why) {
    const auto code =
        why.what_kind() == fault::row ? base::error_code::invalid_argument : base::error_code::unavailable;
    base::error out{code, why.what()};
    if (!open->undo())
      drop_();
    return out;
  }
}

std::unique_ptr<ports::expectation> census_desk::expect() const {
  return std::make_unique<expected_ticket>(shape());
}

base::result<std::vector<ports::bucket_summary>> census_desk::summarise(std::chrono::seconds width) {
  return with_warehouse([&](warehouse& w) { return postgres::summarise(w.database(), width); });
}

base::result<std::vector<ports::census_row>> census_desk::rows_between(base::timestamp from, base::timestamp to) {
  return with_warehouse([&](warehouse& w) { return postgres::rows_between(w.database(), from, to); });
}

base::result<std::vector<ports::census_row>> census_desk::rows(std::span<const std::string> ticket_ids) {
  return with_warehouse([&](warehouse& w) { return rows_of(w.database(), ticket_ids); });
}

base::result<ports::mended> census_desk::repair(std::span<const ports::delivery> events, base::ticket_sequence seen,
                                                base::timestamp now) {
  std::vector<prepared_event> prepared(events.size());
  prepared_events fit;
  for (std::size_t i = 0; i < events.size(); ++i) {
    prepared[i].place = &events[i];
    if (prepared[i].event.ParseFromString(events[i].event) && !make_fit(prepared[i].event, prepared[i].discards))
      fit.push_back(&prepared[i]);
  }
  if (fit.empty())
    return base::error{base::error_code::invalid_argument, "no event of the ticket fits"};
  return with_warehouse(
      [&](warehouse& w) { return w.rewrite(fit, seen, now) ? ports::mended::done : ports::mended::moved_on; });
}

base::result<void> census_desk::remove(const std::string& ticket_id) {
  auto removed = with_warehouse([&](warehouse& w) {
    w.erase(ticket_id);
    return true;
  });
  return removed ? base::result<void>() : removed.err();
}

} // namespace cxstream::connectors::postgres
