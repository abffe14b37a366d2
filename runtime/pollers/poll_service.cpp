#include "pollers/poll_service.hpp"

#include "base/hash.hpp"

#include <array>

namespace cxstream::pollers {

namespace {

constexpr std::array<const char*, 4> kind_names{"zendesk_export", "intercom_search", "hubspot_search", "paged_json"};

} // namespace

base::result<std::unique_ptr<poll_service>>
poll_service::start(std::vector<polled_source> sources, const poll_services& services, const poll_options& options) {
  std::unique_ptr<poll_service> out(new poll_service());
  for (auto& source : sources) {
    auto dialect = make_dialect(source.poll);
    if (!dialect)
      return base::error{dialect.err().code, "poll of source \"" + source.name + "\": " + dialect.err().message};
    poll_policy policy;
    policy.kind = kind_names.at(static_cast<std::size_t>(source.poll.kind));
    policy.url = source.poll.url;
    policy.every = source.poll.every;
    policy.start_us = source.poll.start_us;
    auto machine = std::make_unique<poll_machine>(std::move(*dialect), std::move(policy),
                                                  options.seed ^ base::xxh3_64(source.name));
    out->pollers_.push_back(
        std::make_unique<poller>(std::move(source), services, std::move(machine), options.user_agent));
  }
  for (const auto& made : out->pollers_) // none before all could be made
    made->start();
  return out;
}

poll_service::~poll_service() {
  stop();
}

void poll_service::stop() {
  for (const auto& running : pollers_)
    running->request_stop(); // all of them at once, before the first is waited for
  pollers_.clear();
}

} // namespace cxstream::pollers
