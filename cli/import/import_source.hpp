// The rows of one file as batches for the publisher, and the account of their answers. Owned by one thread.
//
// Invariant: every row belongs to one batch, also the rows that are refused before they are sent; a batch whose rows
// are all refused is settled without being sent.
#pragma once

#include "client/publisher.hpp"
#include "sources/files/import_ledger.hpp"
#include "sources/files/row_batch.hpp"

#include <functional>
#include <map>

namespace cxstream::cli {

class import_source final : public client::batch_source, public client::publish_observer {
public:
  // Called when rows were settled, or time passed.
  using on_progress = std::function<void(client::steady_time)>;
  using on_retry_notice = std::function<void(const grpc::Status&, std::chrono::milliseconds)>;

  // `rate`: rows a second, 0 for as fast as they go.
  import_source(std::string file, sources::row_sequence rows, sources::import_ledger ledger, double rate);

  // Goes past the rows that an earlier run settled.
  base::result<void> skip(std::uint64_t rows);

  void notify(on_progress progress, on_retry_notice retry) {
    progress_ = std::move(progress);
    retry_ = std::move(retry);
  }

  client::next_batch next(std::uint32_t events_max, client::steady_time now) override;
  void on_answer(const client::event_batch& batch, const v1::PublishResponse& answer, client::steady_time now) override;
  void on_retry(const grpc::Status& why, std::chrono::milliseconds pause) override;

  sources::import_ledger& ledger() {
    return ledger_;
  }
  double share() const {
    return rows_.share();
  }
  // Why the file could not be read to its end.
  const std::optional<base::error>& read_error() const {
    return read_error_;
  }

private:
  void settle(std::uint64_t id, sources::row_batch& rows);

  std::string file_;
  sources::row_sequence rows_;
  sources::import_ledger ledger_;
  double rate_;
  std::optional<client::steady_time> began_; // of the rate
  std::uint64_t taken_ = 0;                  // rows since then
  std::uint64_t next_id_ = 1;
  bool at_end_ = false;
  std::map<std::uint64_t, sources::row_batch> notes_; // of batches under way
  std::optional<base::error> read_error_;
  on_progress progress_;
  on_retry_notice retry_;
};

} // namespace cxstream::cli
