// Messages between sinks, couriers and target workers. See actors/messages.hpp.
#pragma once

#include "actors/messages/verdict.hpp"
#include "base/ids.hpp"
#include "ports/target.hpp"
#include "protocols/history.hpp"

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cxstream::actors {

// sink → courier: events of one partition to deliver; answered by delivery_answer with the same id.
struct delivery_request {
  base::partition_id partition;
  std::uint64_t id = 0;
  std::vector<ports::delivery> events;
  bool background = false; // may be called after everything else

  template <class Inspector>
  friend auto inspect(Inspector& f, delivery_request& x) {
    return f(caf::meta::type_name("delivery_request"), x.partition, x.id, x.events, x.background);
  }
};

// What became of one event of a delivery.
struct settled {
  std::uint32_t position = 0; // in the delivery
  ports::delivery_result result = ports::delivery_result::delivered;
  std::string reason;
  std::int64_t retry_after_ms = -1; // none when negative
  std::string exchange = {};

  template <class Inspector>
  friend auto inspect(Inspector& f, settled& x) {
    return f(x.position, x.result, x.reason, x.retry_after_ms, x.exchange);
  }
};

// courier → sink: outcomes of some or all events of a delivery; never unreachable or throttled (the courier tries those
// again itself).
struct delivery_answer {
  std::uint64_t id = 0;
  std::vector<settled> events;

  template <class Inspector>
  friend auto inspect(Inspector& f, delivery_answer& x) {
    return f(caf::meta::type_name("delivery_answer"), x.id, x.events);
  }
};

// courier → target worker: one call of the target; answered by target_answer. The courier keeps the events too, until
// they are answered, so they are shared (never null); on a wire they travel by value.
struct target_call {
  std::uint64_t id = 0;
  std::shared_ptr<const std::vector<ports::delivery>> events = std::make_shared<const std::vector<ports::delivery>>();

  template <class Inspector>
  friend auto inspect(Inspector& f, target_call& x) {
    std::vector<ports::delivery> value;
    if constexpr (Inspector::reads_state)
      value = *x.events;
    auto load = [&] {
      x.events = std::make_shared<const std::vector<ports::delivery>>(std::move(value));
      return caf::error{};
    };
    return f(caf::meta::type_name("target_call"), x.id, value, caf::meta::load_callback(load));
  }
};

// target worker → courier: one outcome an event of the call, in order.
struct target_answer {
  std::uint64_t id = 0;
  std::vector<settled> events;

  template <class Inspector>
  friend auto inspect(Inspector& f, target_answer& x) {
    return f(caf::meta::type_name("target_answer"), x.id, x.events);
  }
};

// reconciliation → courier → target worker: mend one ticket by ports::census, while nothing of it is delivered;
// answered by mend_answer. Without events the ticket is taken away.
struct mend_ticket {
  std::string ticket_id;
  std::vector<ports::delivery> events;
  base::ticket_sequence seen; // of the row that was judged

  template <class Inspector>
  friend auto inspect(Inspector& f, mend_ticket& x) {
    return f(caf::meta::type_name("mend_ticket"), x.ticket_id, x.events, x.seen);
  }
};

struct mend_answer {
  verdict result;
  bool moved_on = false; // the target has newer events of the ticket: look again

  template <class Inspector>
  friend auto inspect(Inspector& f, mend_answer& x) {
    return f(caf::meta::type_name("mend_answer"), x.result, x.moved_on);
  }
};

// sink → courier: here is a partition of the sink; answered by begin_delivery when the target is there.
struct join_courier {
  base::partition_id partition;

  template <class Inspector>
  friend auto inspect(Inspector& f, join_courier& x) {
    return f(caf::meta::type_name("join_courier"), x.partition);
  }
};

// sink → courier, about once a second: how far behind the sink is in its partition.
struct sink_lag {
  base::partition_id partition;
  std::uint64_t events = 0;
  std::int64_t oldest_committed_at_us = 0; // 0 when nothing is pending
  std::uint64_t waiting = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, sink_lag& x) {
    return f(caf::meta::type_name("sink_lag"), x.partition, x.events, x.oldest_committed_at_us, x.waiting);
  }
};

// target worker → courier: the target is open, and where it is (for targets that keep that).
struct target_opened {
  struct position {
    base::partition_id partition;
    base::log_offset next_offset;

    template <class Inspector>
    friend auto inspect(Inspector& f, position& x) {
      return f(x.partition, x.next_offset);
    }
  };
  std::vector<position> positions;

  template <class Inspector>
  friend auto inspect(Inspector& f, target_opened& x) {
    return f(caf::meta::type_name("target_opened"), x.positions);
  }
};

// courier → sink: the target is there; begin, not beyond where the target is (when it says so).
struct begin_delivery {
  bool keeps_position = false;
  base::log_offset target_position;

  template <class Inspector>
  friend auto inspect(Inspector& f, begin_delivery& x) {
    return f(caf::meta::type_name("begin_delivery"), x.keeps_position, x.target_position);
  }
};

// --- operating a sink's partition -----------------------------------------------------------------------------------

struct pause_delivery {
  bool paused = true;

  template <class Inspector>
  friend auto inspect(Inspector& f, pause_delivery& x) {
    return f(caf::meta::type_name("pause_delivery"), x.paused);
  }
};

// → verdict
struct seek_delivery {
  base::log_offset next_offset;
  bool to_end = false; // then next_offset is not looked at

  template <class Inspector>
  friend auto inspect(Inspector& f, seek_delivery& x) {
    return f(caf::meta::type_name("seek_delivery"), x.next_offset, x.to_end);
  }
};

// → verdict: a dead letter of this sink and partition goes back to its ticket's lane.
struct requeue_delivery {
  base::log_offset offset;
  bool allow_older = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, requeue_delivery& x) {
    return f(caf::meta::type_name("requeue_delivery"), x.offset, x.allow_older);
  }
};

// → verdict: a dead letter of this sink and partition is given up for good.
struct discard_delivery {
  base::log_offset offset;

  template <class Inspector>
  friend auto inspect(Inspector& f, discard_delivery& x) {
    return f(caf::meta::type_name("discard_delivery"), x.offset);
  }
};

// → verdict: what a dead letter of this sink and partition holds is replaced by an edited event, for this sink alone.
struct edit_delivery {
  base::log_offset offset;
  std::string event; // serialized CanonicalEvent

  template <class Inspector>
  friend auto inspect(Inspector& f, edit_delivery& x) {
    return f(caf::meta::type_name("edit_delivery"), x.offset, x.event);
  }
};

// replay → sink: events of the history to be sent once more; answered by replay_answer when all of them have an
// outcome.
struct replay_events {
  std::vector<protocols::history_item> events;
  bool allow_history = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, replay_events& x) {
    return f(caf::meta::type_name("replay_events"), x.events, x.allow_history);
  }
};

// What became of an event that a replay sent.
struct replayed_event {
  enum class fate : std::uint8_t { settled, carried, left, busy };
  fate taken = fate::busy;
  settled outcome; // settled

  template <class Inspector>
  friend auto inspect(Inspector& f, replayed_event& x) {
    return f(x.taken, x.outcome);
  }
};

// One an event, in order.
struct replay_answer {
  std::vector<replayed_event> outcomes;

  template <class Inspector>
  friend auto inspect(Inspector& f, replay_answer& x) {
    return f(caf::meta::type_name("replay_answer"), x.outcomes);
  }
};

// node → replay: pause, resume, cancel; answered with a serialized Replay.
struct control_replay {
  int action = 0;                  // a ReplayAction
  double events_per_second = -1.0; // negative: stays as it is

  template <class Inspector>
  friend auto inspect(Inspector& f, control_replay& x) {
    return f(caf::meta::type_name("control_replay"), x.action, x.events_per_second);
  }
};

// → bytes_answer with serialized DeliveryCounts of this moment.
struct ask_counts {
  template <class Inspector>
  friend auto inspect(Inspector& f, ask_counts&) {
    return f(caf::meta::type_name("ask_counts"));
  }
};

} // namespace cxstream::actors
