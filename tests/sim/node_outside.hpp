// Who talks to the node in the node simulation: sources that send again what was not answered, and a consumer that
// acknowledges, refuses, goes away and comes back.
#pragma once

#include "sim/node_world.hpp"

#include <deque>

namespace cxstream::sim {

// A source with one stream; survives the node, and sends again on a new stream what was not answered.
struct node_world::source final : ports::ingest_listener {
  source(node_checker& c, bool acknowledged_early) : checker(c), early(acknowledged_early) {
  }

  void send(std::vector<made_event> events) {
    const auto id = next_batch++;
    unanswered[id] = std::move(events);
    submit(id);
  }
  // A new stream to a node.
  void connect(actors::node& node, std::shared_ptr<life> life_of_node) {
    session.reset();
    node_life = std::move(life_of_node);
    failed = false;
    session = node.ingest().open(borrowed(), {"sim"});
    for (const auto& [id, events] : unanswered)
      submit(id);
  }
  void on_answer(v1::PublishResponse answer) override {
    const auto it = unanswered.find(answer.batch_id());
    if (node_life->over || it == unanswered.end())
      return;
    if (static_cast<std::size_t>(answer.results_size()) != it->second.size()) {
      checker.blame("a batch of " + std::to_string(it->second.size()) + " was answered with " +
                    std::to_string(answer.results_size()) + " results");
      return;
    }
    for (int i = 0; i < answer.results_size(); ++i)
      checker.answered(it->second[static_cast<std::size_t>(i)], answer.results(i));
    for (const auto& e : it->second)
      checker.relied_on(e);
    unanswered.erase(it);
  }
  void on_failed(base::error) override {
    failed = true;
    ++failures;
  }

  node_checker& checker;
  bool early;
  std::shared_ptr<life> node_life;
  std::shared_ptr<ports::ingest_session> session;
  std::map<std::uint64_t, std::vector<made_event>> unanswered;
  std::uint64_t next_batch = 1;
  bool failed = false;
  std::uint64_t failures = 0;

private:
  std::shared_ptr<ports::ingest_listener> borrowed() {
    return {std::shared_ptr<void>{}, this};
  }
  void submit(std::uint64_t id) {
    v1::RawPublishRequest request;
    request.set_batch_id(id);
    for (const auto& e : unanswered.at(id))
      request.add_events(e.bytes);
    session->submit(std::move(request));
    if (!early)
      return;
    for (const auto& e : unanswered.at(id)) // the mutant believes that what was sent is safe
      checker.relied_on(e);
    unanswered.erase(id);
  }
};

// A durable subscriber named "reader".
struct node_world::consumer final : ports::subscriber_listener {
  explicit consumer(node_checker& c) : checker(c) {
  }

  void on_events(std::vector<std::string> events) override {
    if (node_life->over)
      return;
    for (const auto& bytes : events) {
      v1::CanonicalEvent e;
      e.ParseFromString(bytes);
      checker.taken("reader", e);
      in_hand.emplace_back(e.pipeline().partition(), e.pipeline().offset());
    }
  }
  void on_closed(base::error) override {
    session.reset();
  }
  void leave() {
    session.reset();
    in_hand.clear();
  }

  node_checker& checker;
  std::shared_ptr<life> node_life;
  std::shared_ptr<ports::subscriber_session> session;
  std::deque<std::pair<std::uint32_t, std::uint64_t>> in_hand; // partition, offset; in the order they came
};

} // namespace cxstream::sim
