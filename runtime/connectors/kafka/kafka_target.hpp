// The kafka sink: each event a record, keyed by its ticket. Owned by one worker thread.
//
// Invariants:
//  1. Without transactions, of a ticket one record is under way at a time, so nothing of it overtakes a record that
//  fails;
//     a producer that gave up a record stays, because its epoch is what keeps the old record out.
//  2. With transactions, a call is one transaction: consumers that read committed records see all of it or nothing. A
//  record
//     that the broker refuses is left out and the others are written in another transaction of the same call.
//  3. What no broker acknowledged (with transactions: what was not committed) is not `delivered`.
#pragma once

#include "connectors/encoding/event_body.hpp"
#include "connectors/kafka/kafka_producer.hpp"
#include "connectors/outcomes.hpp"
#include "security/secrets/secret.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors {

struct kafka_sink_settings {
  kafka_settings producer; // the password is filled in when a producer is made
  security::secret password;
  std::size_t batch_events_max = 2'000;
  std::size_t concurrency = 2;
};

class kafka_target final : public ports::target {
public:
  kafka_target(kafka_sink_settings settings, event_body body);

  // Errors: unavailable, invalid_argument (a setting that librdkafka refuses).
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  using events = std::span<const ports::delivery>;
  // Places of a call's events, in the order they are sent.
  using places = std::vector<std::size_t>;
  // What was said about an event, and whether it was sent at all.
  struct state {
    bool sent = false;
    bool reported = false;
    int error = 0;
    bool is_stored() const {
      return sent && reported && error == 0;
    }
  };
  using ending = std::optional<ports::delivery_outcome>; // what ends the call; nothing: it goes on

  ending send_round(events all, const places& round, base::timestamp now, outcomes& out);
  ending send_transaction(events all, places which, base::timestamp now, outcomes& out);
  // Sends what may be sent and waits for the reports, which are in states_ then. False: the producer cannot go on.
  bool send(events all, const places& which, base::timestamp now, outcomes& out);
  produce_end produce(const ports::delivery& event, std::size_t i, base::timestamp now, outcomes& out);
  void note_reports();
  // Of what was sent: the records that a broker refuses. A broker refuses all that came in one batch, so with several
  // of them it is not known yet which one it minds.
  places refused(const places& which) const;
  // The outcome of the first record that was neither stored nor refused.
  ending first_failure(const places& which) const;
  int note_why_dropped(const places& which);
  bool any_stored() const;
  std::string reason_of(int error) const;
  ports::delivery_outcome given_up(std::string_view why);

  kafka_sink_settings settings_;
  event_body body_;
  std::unique_ptr<kafka_producer> producer_;
  std::vector<state> states_;      // of the call at hand
  std::uint64_t first_number_ = 1; // of the call at hand; reports of earlier ones are nobody's
  std::string text_;               // of the record at hand; kept for its memory
};

} // namespace cxstream::connectors
