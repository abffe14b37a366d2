// The dead letter actor; see interface.hpp.
#pragma once

#include "actors/dead_letter/interface.hpp"
#include "actors/ingest/intake.hpp"
#include "actors/log_writer/interface.hpp"
#include "actors/partition/interface.hpp"
#include "actors/sink/interface.hpp"
#include "ports/clock.hpp"
#include "ports/payload.hpp"
#include "ports/store.hpp"

#include "cxstream/v1/admin.pb.h"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace cxstream::actors {

enum class letter_action : std::uint8_t { requeue, requeue_allowing_older, discard };

struct dead_letter_config {
  ports::store& store;
  const ports::clock& clock;
  std::vector<partition_actor> partitions; // by partition id
  std::function<std::optional<sink_actor>(const std::string& sink, base::partition_id)> sink;
  std::function<std::shared_ptr<const intake_rules>()> rules;
  source_readers readers;
  letter_action action = letter_action::requeue;
  std::vector<std::string> ids;
  std::function<void(std::vector<v1::RequeueResult>)> done; // called once, with one result a letter
  // Called (from the actor) when a letter cannot be erased.
  std::function<void(const base::error&)> on_failure = [](const base::error&) {};
  // Called (from the actor) with a letter that was discarded.
  std::function<void(const v1::DeadLetter&)> on_discarded = [](const v1::DeadLetter&) {};
};

class dead_letter_state {
public:
  static inline const char* name = "dead_letter";

  explicit dead_letter_state(dead_letter_actor::pointer self) : self_(self) {
  }
  dead_letter_actor::behavior_type start(dead_letter_config config);

private:
  // What became so far of the events of the letter at hand.
  struct retried_letter {
    std::string id;
    std::size_t open = 0;
    std::size_t accepted = 0;
    std::size_t duplicates = 0;
    std::size_t conflicts = 0;
    std::uint64_t sequence = 0; // of the last one
    std::string failure;
  };

  void next();
  void at_sink(const v1::DeadLetter& letter);
  void at_source(const v1::DeadLetter& letter);
  void at_intake(const std::string& id, const std::vector<std::string>& events);
  void decided(const append_answer& answer);
  void all_decided();
  void erase(const std::string& id, const std::string& message);
  void result(const std::string& id, bool gone, std::string message);

  dead_letter_actor::pointer self_;
  std::optional<dead_letter_config> config_;
  std::size_t at_ = 0;
  v1::DeadLetter letter_; // the one that is being discarded
  retried_letter retried_;
  std::vector<v1::RequeueResult> results_;
};

dead_letter_actor::behavior_type dead_letter(dead_letter_actor::stateful_pointer<dead_letter_state> self,
                                             dead_letter_config config);

} // namespace cxstream::actors
