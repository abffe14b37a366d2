#include "connectors/postgres/postgres_target.hpp"

#include "connectors/postgres/census_desk.hpp"
#include "connectors/postgres/schema.hpp"
#include "connectors/postgres/warehouse.hpp"

namespace cxstream::connectors {

using namespace postgres;

postgres_target::postgres_target(postgres_settings settings)
    : settings_(std::move(settings)),
      census_(std::make_unique<census_desk>(
          [this]() -> postgres::warehouse* { return open() ? warehouse_.get() : nullptr; },
          [this] { warehouse_.reset(); })) {
}

ports::census* postgres_target::census_taker() {
  return census_.get();
}

postgres_target::~postgres_target() = default;

base::result<void> postgres_target::open() {
  if (warehouse_)
    return {};
  auto password = settings_.password ? settings_.password() : base::result<std::string>(std::string());
  if (!password)
    return base::error{base::error_code::unavailable, password.err().message};
  try {
    warehouse_ = std::make_unique<warehouse>(settings_, *password);
    return {};
  } catch (const schema_refused& why) {
    return base::error{base::error_code::invalid_argument, why.what()};
  } catch (const std::exception& why) {
    return base::error{base::error_code::unavailable, why.what()};
  }
}

base::result<std::vector<ports::target_position>> postgres_target::positions() {
  try {
    return warehouse_ ? warehouse_->positions() : std::vector<ports::target_position>{};
  } catch (const failure& why) {
    warehouse_.reset();
    return base::error{base::error_code::unavailable, why.what()};
  }
}

std::vector<ports::delivery_outcome> postgres_target::deliver(std::span<const ports::delivery> events,
                                                              base::timestamp now) {
  outcomes out(events);
  std::vector<prepared_event> prepared(events.size());
  prepared_events fit;
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto& e = prepared[i];
    e.place = &events[i];
    if (out.skips(i))
      continue;
    if (!e.event.ParseFromString(events[i].event)) {
      out.set(i, failed(ports::delivery_result::unfit, not_an_event));
      continue;
    }
    if (const auto why = make_fit(e.event, e.discards))
      out.set(i, failed(ports::delivery_result::unfit, *why));
    else
      fit.push_back(&e);
  }
  // What could not be said of an event that was to be written; written ones keep their outcome.
  const auto not_written = [&](ports::delivery_result result, std::string_view why) {
    outcomes none(events);
    none.set_from(0, failed(result, why));
    return std::move(none).take();
  };
  if (fit.empty())
    return std::move(out).take();
  if (auto ready = open(); !ready)
    return not_written(ports::delivery_result::unreachable, ready.err().message);
  try {
    warehouse_->write(fit, out, events, now);
    return std::move(out).take();
  } catch (const failure& why) {
    const bool collided = why.what_kind() == fault::collision;
    if (!warehouse_->undo())
      warehouse_.reset();
    return not_written(collided ? ports::delivery_result::transient : ports::delivery_result::unreachable, why.what());
  }
}

void postgres_target::close() {
  warehouse_.reset();
}

} // namespace cxstream::connectors
