#include "support/event_maker.hpp"

#include "model/content_hash.hpp"

namespace cxstream::support {

v1::CanonicalEvent plain_event(std::string_view ticket, std::string_view key, std::int64_t seconds_after_day_one) {
  v1::CanonicalEvent e;
  e.set_event_type("ticket.updated");
  e.mutable_occurred_at()->set_seconds(day_one_s + seconds_after_day_one);
  e.set_ticket_id(std::string(ticket));
  e.set_source_system("desk");
  e.set_idempotency_key(std::string(key));
  return e;
}

v1::CanonicalEvent full_event(const std::string& ticket, std::uint64_t n) {
  auto e = plain_event(ticket, ticket + "/" + std::to_string(n), static_cast<std::int64_t>(n));
  e.set_source_system("servicenow");
  e.set_version(n);
  e.set_event_id("e" + std::to_string(n));
  e.set_account_id("acme");
  e.set_agent_id("ann");
  e.set_customer_id("carl");
  e.set_canonical_tag("vpn");
  e.set_driver("access");
  e.set_status("open");
  e.set_priority("high");
  e.set_channel("email");
  e.set_evidence_url("https://desk.example/t/" + ticket);
  e.mutable_sentiment()->set_label("negative");
  e.mutable_sentiment()->set_score(-0.5);
  e.mutable_churn_risk()->set_label("high");
  e.mutable_effort()->set_confidence(0.5);
  (*e.mutable_custom_metrics())["handle_time_s"] = 12.5;
  e.add_raw_tags("vpn \"down\"\\");
  e.add_raw_tags("vpn \"down\"\\");
  e.add_raw_tags("urgent");
  return e;
}

protocols::log_entry entry_of(const v1::CanonicalEvent& event) {
  const auto key = model::key_hash(event.idempotency_key());
  auto stamped = event;
  stamped.mutable_pipeline()->mutable_received_at()->set_seconds(event.occurred_at().seconds() + 1);
  return {stamped.SerializeAsString(), {key.high, key.low, model::content_hash(event)}};
}

event_maker::event_maker(std::uint64_t seed, std::size_t tickets) : random_(seed), tickets_(tickets) {
}

v1::CanonicalEvent event_maker::next() {
  const auto dice = below(100);
  if (past_.empty() || dice < 75)
    return next_new();
  auto again = past_[below(past_.size())];
  if (dice < 92) {
    ++repeats_;
    return again;
  }
  ++conflicts_;
  again.set_agent_id("another agent " + std::to_string(++made_));
  return again;
}

// occurred_at goes up and down; the version makes the revision one of a kind.
v1::CanonicalEvent event_maker::next_new() {
  const auto number = ++made_;
  auto event = plain_event("ticket " + std::to_string(below(tickets_)), "key " + std::to_string(number),
                           static_cast<std::int64_t>(number + below(40)));
  event.set_version(number);
  say_something(event);
  if (below(6) == 0)
    clear_something(event);
  past_.push_back(event);
  return event;
}

void event_maker::say_something(v1::CanonicalEvent& event) {
  const auto word = [this](const char* name) { return name + std::to_string(below(5)); };
  if (below(3) == 0)
    event.set_status(word("status "));
  if (below(4) == 0)
    event.set_account_id(word("account "));
  if (below(4) == 0)
    event.set_driver(word("driver "));
  if (below(4) == 0) {
    event.mutable_sentiment()->set_label(word("feeling "));
    if (below(2) == 0)
      event.mutable_sentiment()->set_score(static_cast<double>(below(10)) / 10);
  }
  if (below(5) == 0)
    event.add_raw_tags(word("tag "));
  for (auto n = below(3); n > 0; --n)
    (*event.mutable_custom_metrics())[word("metric_")] = static_cast<double>(below(1'000));
}

void event_maker::clear_something(v1::CanonicalEvent& event) {
  auto& paths = *event.mutable_cleared();
  if (!event.has_account_id() && below(2) == 0)
    paths.add_paths("account_id");
  if (!event.has_sentiment() && below(2) == 0)
    paths.add_paths("sentiment");
  if (event.raw_tags().empty() && below(2) == 0)
    paths.add_paths("raw_tags");
  if (const auto one = "metric_" + std::to_string(below(5)); !event.custom_metrics().contains(one) && below(2) == 0)
    paths.add_paths("custom_metrics." + one);
  if (event.custom_metrics().empty() && below(2) == 0)
    paths.add_paths("custom_metrics");
}

} // namespace cxstream::support
