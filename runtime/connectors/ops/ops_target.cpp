#include "connectors/ops/ops_target.hpp"

#include "model/revision.hpp"

#include <algorithm>
#include <set>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

constexpr std::size_t said_max = 10'000;
constexpr std::size_t trouble_bytes_max = 200;

std::chrono::milliseconds until(base::timestamp due, base::timestamp now) {
  return std::chrono::ceil<std::chrono::milliseconds>(due - now);
}

// About the target as a whole: nothing more is tried in this call.
bool ends_call(const ports::delivery_outcome& outcome) {
  return outcome.result == delivery_result::unreachable || outcome.result == delivery_result::throttled;
}

} // namespace

ops_target::ops_target(ops_settings settings, ops_templates templates, surroundings near,
                       std::unique_ptr<ops_channel> channel)
    : settings_(std::move(settings)), templates_(std::move(templates)), near_(std::move(near)),
      channel_(std::move(channel)), bursts_(settings_.burst) {
}

std::vector<ports::delivery_outcome> ops_target::deliver(std::span<const ports::delivery> events, base::timestamp now) {
  outcomes out(events);
  events_ = events;
  steps_.assign(events.size(), {});
  told_ = {};
  find_signals(events, out);
  std::optional<ports::delivery_outcome> ended;
  for (const auto& group : told_.groups()) {
    std::vector<std::size_t> left;
    for (const auto event : group.events)
      if (!said_.contains(name_of_signal(group, event)) && out.delivered(event) && !out.skips(event))
        left.push_back(event);
    if (left.empty())
      continue;
    const auto outcome = ended ? *ended : tell(group, left, now);
    if (ends_call(outcome))
      ended = outcome;
    for (const auto event : left) {
      if (outcome.result == delivery_result::delivered)
        remember(name_of_signal(group, event));
      else if (!out.skips(event)) // an earlier event of its ticket is in the same message
        out.set(event, outcome);
    }
  }
  auto outcomes = std::move(out).take();
  hold_silent_events(outcomes);
  return outcomes;
}

// An event about which there is nothing to say has been handled; not before an earlier one of its ticket.
void ops_target::hold_silent_events(std::vector<ports::delivery_outcome>& outcomes) const {
  std::set<std::string_view> held;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].result != delivery_result::delivered)
      held.insert(events_[i].ticket_id);
    else if (!told_.has(i) && held.contains(events_[i].ticket_id))
      outcomes[i] = failed(delivery_result::skipped, "an earlier event of the ticket was not delivered");
  }
}

base::result<model::ticket_step> ops_target::step_before(const ports::delivery& d) {
  v1::CanonicalEvent event;
  if (!event.ParseFromString(d.event))
    return base::error{base::error_code::malformed, std::string(not_an_event)};
  if (settings_.rules.empty())
    return model::step_of({}, std::move(event));
  if (!near_.past)
    return base::error{base::error_code::unavailable, "the past of tickets cannot be read here"};
  auto before = near_.past->before(d.ticket_id, d.sequence);
  if (!before)
    return before.err();
  return model::step_of(*std::move(before), std::move(event));
}

// What each event has to say. When a ticket's past cannot be read, the rest waits for it.
void ops_target::find_signals(std::span<const ports::delivery> events, outcomes& out) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (out.skips(i))
      continue;
    auto step = step_before(events[i]);
    if (!step && step.err().code == base::error_code::malformed) {
      out.set(i, failed(delivery_result::unfit, step.err().message));
      continue;
    }
    if (!step) {
      out.set_from(i, failed(delivery_result::unreachable, "the ticket's past: " + step.err().message));
      return;
    }
    steps_[i] = *std::move(step);
    if (settings_.rules.empty())
      add_signal(i, nullptr, model::rule_action::trigger, events[i].ticket_id);
    for (const auto& rule : settings_.rules) {
      if (model::triggers(rule, steps_[i]))
        add_signal(i, &rule, model::rule_action::trigger, events[i].ticket_id);
      else if (model::resolves(rule, steps_[i]))
        add_signal(i, &rule, model::rule_action::resolve, events[i].ticket_id);
    }
  }
}

void ops_target::add_signal(std::size_t event, const model::rule* rule, model::rule_action action,
                            std::string_view ticket) {
  message_facts about;
  about.told = facts_of(steps_[event]);
  about.told["sink"] = settings_.sink;
  about.told["rule"] = rule != nullptr ? rule->name : settings_.sink;
  auto* named = &templates_.trouble;
  if (rule != nullptr)
    if (auto& own = templates_.troubles_of_rules[static_cast<std::size_t>(rule - settings_.rules.data())])
      named = own.get();
  told_.add({event, rule, action, named->render(about, trouble_bytes_max)}, ticket);
}

ports::delivery_outcome ops_target::tell(const told_group& group, const std::vector<std::size_t>& events,
                                         base::timestamp now) {
  const auto burst = std::string(model::name_of(group.action)) + group.trouble;
  if (const auto held = bursts_.held_until(burst, now)) {
    if (near_.messages != nullptr)
      near_.messages->held(settings_.sink, events.size());
    return {delivery_result::deferred, "held for one message with what else comes of \"" + group.trouble + "\"",
            until(*held, now)};
  }
  if (next_message_ > now && next_message_ - now <= settings_.pace)
    return {delivery_result::throttled, "the next message may go a moment later", until(next_message_, now)};
  auto outcome = channel_->say(message_of(group, events, now), now);
  next_message_ = now + settings_.pace;
  if (outcome.result == delivery_result::delivered) {
    bursts_.said(burst, now);
    if (near_.messages != nullptr)
      near_.messages->told(settings_.sink, events.size());
  }
  return outcome;
}

ops_message ops_target::message_of(const told_group& group, const std::vector<std::size_t>& events,
                                   base::timestamp now) {
  ops_message out;
  out.action = group.action;
  out.trouble = group.trouble;
  out.events = events.size();
  if (group.rule != nullptr)
    out.severity = group.rule->severity;
  message_facts about;
  std::set<std::string_view> tickets;
  for (const auto event : events) {
    tickets.insert(events_[event].ticket_id);
    if (about.tickets.size() == settings_.tickets_shown_max)
      continue;
    auto each = facts_of(steps_[event]);
    if (near_.feedback_url) {
      const auto committed = base::from_us(model::to_us(steps_[event].event.pipeline().committed_at()));
      auto url =
          near_.feedback_url({settings_.sink, events_[event].ticket_id, events_[event].sequence, committed}, now);
      if (!url.empty())
        each["feedback_url"] = std::move(url);
    }
    if (const auto evidence = each.find("evidence_url"); evidence != each.end())
      out.links.emplace_back(evidence->second, "evidence of " + events_[event].ticket_id);
    if (const auto feedback = each.find("feedback_url"); feedback != each.end())
      out.links.emplace_back(feedback->second, "this was wrong: " + events_[event].ticket_id);
    about.tickets.push_back(std::move(each));
  }
  about.told = about.tickets.front();
  about.told["sink"] = settings_.sink;
  about.told["rule"] = group.rule != nullptr ? group.rule->name : settings_.sink;
  about.told["action"] = model::name_of(group.action);
  about.told["severity"] = model::name_of(out.severity);
  about.told["count"] = std::to_string(events.size());
  about.told["tickets_count"] = std::to_string(tickets.size());
  if (events.size() > about.tickets.size())
    about.told["more"] = std::to_string(events.size() - about.tickets.size());
  auto* text = &templates_.message;
  if (group.rule != nullptr)
    if (auto& own = templates_.messages_of_rules[static_cast<std::size_t>(group.rule - settings_.rules.data())])
      text = own.get();
  out.text = text->render(about, settings_.text_bytes_max);
  out.source = steps_[events.front()].event.source_system();
  out.occurred_at = base::from_us(model::to_us(steps_[events.front()].event.occurred_at()));
  out.told = std::move(about.told);
  return out;
}

std::string ops_target::name_of_signal(const told_group& group, std::size_t event) const {
  const auto& d = events_[event];
  return std::to_string(d.partition.value) + "/" + std::to_string(d.offset.value) + "/" +
         (group.rule != nullptr ? group.rule->name : std::string());
}

void ops_target::remember(const std::string& said) {
  if (settings_.rules.size() < 2) // only where one event can be in two messages
    return;
  if (said_.insert(said).second)
    said_order_.push_back(said);
  if (said_order_.size() > said_max) {
    said_.erase(said_order_.front());
    said_order_.pop_front();
  }
}

} // namespace cxstream::connectors
