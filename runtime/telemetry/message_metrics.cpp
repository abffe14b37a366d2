#include "telemetry/message_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

namespace cxstream::telemetry {

message_metrics::message_metrics()
    : messages_(counters(registry_, "cxstream_messages_total", "Messages to people.")),
      events_(counters(registry_, "cxstream_message_events_total",
                       "Events that they were about; more than messages where bursts were coalesced.")),
      held_(counters(registry_, "cxstream_message_events_held_total",
                     "Times that an event was held for the message of a burst.")) {
}

void message_metrics::told(std::string_view sink, std::uint64_t events) {
  const prometheus::Labels labels{{"sink", std::string(sink)}};
  messages_.Add(labels).Increment(); // the same series for the same labels
  events_.Add(labels).Increment(static_cast<double>(events));
}

void message_metrics::held(std::string_view sink, std::uint64_t events) {
  held_.Add({{"sink", std::string(sink)}}).Increment(static_cast<double>(events));
}

std::string message_metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

} // namespace cxstream::telemetry
