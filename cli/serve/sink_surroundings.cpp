#include "serve/sink_surroundings.hpp"

#include "connectors/factory.hpp"
#include "serve/yield_to_intake.hpp"

namespace cxstream::cli {

base::result<void> sink_surroundings::prepare(const config::feedback_config& wanted, base::timestamp now) {
  if (wanted.url.empty())
    return {};
  auto key = security::secret::of(wanted.secret);
  if (!key)
    return base::error{base::error_code::invalid_argument, "feedback.secret: " + key.err().message};
  feedback_ = std::make_shared<security::feedback_links>(
      security::feedback_settings{wanted.url, *std::move(key), wanted.expires});
  // A key that cannot be used is better known now than by links that are missing.
  if (auto tried = feedback_->link({}, now); !tried)
    return base::error{base::error_code::invalid_argument, "feedback.secret: " + tried.err().message};
  return {};
}

base::result<std::vector<actors::sink_setup>> sink_surroundings::sinks_of(const config::node_config& config) const {
  connectors::surroundings near{past_, {}, events_, &evidence_, &messages_};
  if (feedback_)
    near.feedback_url = [links = feedback_](const ports::told_delivery& told, base::timestamp now) {
      auto link = links->link(told, now);
      return link ? *std::move(link) : std::string();
    };
  std::vector<actors::sink_setup> out;
  for (const auto& sink : config.sinks) {
    auto traits = connectors::traits_of(sink);
    if (!traits)
      return traits.err();
    out.push_back({sink, *traits, [sink, near, yields = config.delivery_priority == "background"] {
                     if (yields)
                       yield_to_intake();
                     return connectors::make_target(sink, near);
                   }});
  }
  return out;
}

} // namespace cxstream::cli
