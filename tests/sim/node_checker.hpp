// Judges a run of a whole node by a truth of its own: what sources made and were answered, what targets took, what the
// history says. It never asks how the node came to it. It remembers the first broken promise: actors swallow what is
// thrown in them.
#pragma once

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ingest.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cxstream::sim {

// An event as its source made it.
struct made_event {
  std::string ticket; // empty: the event is bad and must be refused
  std::string key;
  std::string variant; // content of the event; two variants of a key are in conflict
  std::string bytes;
};

class node_checker {
public:
  using place = std::pair<std::string, std::uint64_t>; // ticket, sequence

  // The first broken promise; empty while all are kept.
  const std::string& broken() const {
    return broken_;
  }
  void blame(std::string what) {
    if (broken_.empty())
      broken_ = std::move(what);
  }

  // A source will not send the event again.
  void relied_on(const made_event& event);
  // A source was told what became of its event.
  void answered(const made_event& event, const v1::EventResult& result);
  // A target or consumer took an event, for the first time or again.
  void taken(const std::string& sink, const v1::CanonicalEvent& event);
  // A power failure took what the node knew about these events of a sink; they may come after newer ones.
  void exempt(const std::string& sink, const place& event) {
    exempt_[sink].insert(event);
  }
  // The newest sequence of a ticket that was acknowledged to a source.
  std::uint64_t acknowledged(const std::string& ticket) const;
  // An operator asked for these events of a sink again. They may come after newer ones that the sink took only where
  // the node does not know of that: the answer was lost, or the process died before it was written.
  void requeued(const std::string& sink, const place& event) {
    requeued_[sink].insert(event);
  }
  // Whether the node has it on record that the sink took the event at an offset of the ticket.
  std::function<bool(const std::string& sink, const std::string& ticket, std::uint64_t offset)> on_record;
  // The whole history of a ticket, as the node tells it; `owed` was acknowledged before it was asked.
  void history(const std::string& ticket, const std::vector<v1::CanonicalEvent>& events, std::uint64_t owed);
  void state(const v1::TicketState& state);
  // Every event that a source relies on took effect, or met one of its key that did.
  void all_relied_on_is_there();
  // Every wanted event reached the sink, but for those that are given up.
  void complete(const std::string& sink, bool wants_noise, const std::set<place>& given_up);
  // Ids of dead letters that sources were told of.
  const std::set<std::string>& letters_told() const {
    return letters_told_;
  }
  // Letters that have been dealt with need not be there any more.
  void letter_gone(const std::string& id) {
    letters_told_.erase(id);
  }

  // Of everything that was answered and taken, in order.
  std::uint64_t trace() const {
    return trace_;
  }
  static bool is_noise(const v1::CanonicalEvent& event) {
    return event.event_type() == "ticket.noise";
  }

  std::uint64_t accepted = 0, duplicates = 0, conflicts = 0, rejected = 0, taken_again = 0;

private:
  struct identity {
    std::string key, variant;
    bool operator==(const identity&) const = default;
  };
  struct sink_view {
    std::map<std::string, std::uint64_t> newest; // sequence, by ticket
    std::map<place, std::uint64_t> taken;        // → offset
  };
  bool newer_on_record(const std::string& sink, const place& than) const;
  void note(const place& where, const std::string& what);
  void know(const place& where, const identity& who, const char* from);

  std::string broken_;
  std::map<place, identity> known_;                             // whatever anyone saw of the history
  std::map<std::pair<std::string, std::string>, place> places_; // ticket and key → place
  std::set<place> acknowledged_;
  std::set<std::pair<std::string, std::string>> relied_on_; // ticket and key
  std::map<std::string, std::vector<v1::CanonicalEvent>> histories_;
  std::map<std::string, sink_view> sinks_;
  std::map<std::string, std::set<place>> exempt_, requeued_;
  std::set<std::string> letters_told_;
  std::uint64_t trace_ = 0;
};

} // namespace cxstream::sim
