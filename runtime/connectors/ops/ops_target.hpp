// A target where people are told things: Slack, pagers. It decides by rules which events are worth it, makes messages
// of them by templates, and says what comes in a burst in one message. Owned by one worker thread.
//
// Invariants:
//  1. An event is `delivered` when all that is to be said about it was said, or nothing is. What is held for a burst's
//     message is `deferred`, and is not lost when the node dies: it is still on its way.
//  2. Events of one ticket are told in their order, and a trouble's end after its beginning.
//  3. What could not be said about the ticket's past says nothing about the event: it is tried again.
#pragma once

#include "connectors/ops/message_template.hpp"
#include "connectors/ops/ops_channel.hpp"
#include "connectors/ops/told_events.hpp"
#include "connectors/outcomes.hpp"
#include "connectors/surroundings.hpp"
#include "protocols/burst_window.hpp"

#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace cxstream::connectors {

struct ops_settings {
  std::string sink;
  std::vector<model::rule> rules; // none: every event is told
  protocols::burst_policy burst;
  std::size_t tickets_shown_max = 10;
  std::size_t text_bytes_max = 3'000;
  std::chrono::milliseconds pace{0}; // least time between two messages
  escaping values = escaping::none;
};

// The templates of a sink, read.
struct ops_templates {
  message_template message; // the sink's
  message_template trouble;
  std::vector<std::unique_ptr<message_template>> messages_of_rules; // one a rule; null: the sink's
  std::vector<std::unique_ptr<message_template>> troubles_of_rules;
};

class ops_target final : public ports::target {
public:
  ops_target(ops_settings settings, ops_templates templates, surroundings near, std::unique_ptr<ops_channel> channel);

  // Never fails: whether the target is there shows in the first delivery.
  base::result<void> open() override {
    return {};
  }
  base::result<std::vector<ports::target_position>> positions() override {
    return std::vector<ports::target_position>{};
  }
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override {
    channel_->close();
  }

private:
  base::result<model::ticket_step> step_before(const ports::delivery& d);
  void find_signals(std::span<const ports::delivery> events, outcomes& out);
  void hold_silent_events(std::vector<ports::delivery_outcome>& outcomes) const;
  void add_signal(std::size_t event, const model::rule* rule, model::rule_action action, std::string_view ticket);
  // Says it, or holds it; the outcome is that of all its events.
  ports::delivery_outcome tell(const told_group& group, const std::vector<std::size_t>& events, base::timestamp now);
  ops_message message_of(const told_group& group, const std::vector<std::size_t>& events, base::timestamp now);
  std::string name_of_signal(const told_group& group, std::size_t event) const;
  void remember(const std::string& said);

  ops_settings settings_;
  ops_templates templates_;
  surroundings near_;
  std::unique_ptr<ops_channel> channel_;
  protocols::burst_window bursts_;
  base::timestamp next_message_{};
  // Of the call that is made now.
  std::span<const ports::delivery> events_;
  std::vector<model::ticket_step> steps_;
  told_events told_;
  // What was said before another message about the same event failed: it is not said again with the retry.
  std::deque<std::string> said_order_;
  std::unordered_set<std::string> said_;
};

} // namespace cxstream::connectors
