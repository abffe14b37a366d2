#include "actors/log_writer/log_writer.hpp"

#include "ports/keys.hpp"

#include "cxstream/v1/admin.pb.h"

#include <caf/typed_response_promise.hpp>

#include <utility>

namespace cxstream::actors {

log_writer_actor::behavior_type log_writer_state::start(log_writer_config config) {
  config_.emplace(std::move(config));
  return {
      [this](log_append& request) { append(request); },
      [this](keep_dead_letters& request) { return keep(request); },
      [this](commit_atom) { commit(); },
      [this](mend_atom) { self_->current_sender() == self_->ctrl() ? mend() : schedule_mend(); },
      [this](stop_atom) { return stop(); },
  };
}

void log_writer_state::append(log_append& request) {
  auto from = caf::actor_cast<log_writer_client>(self_->current_sender());
  clients_.emplace(from.id(), from);
  if (!health_.ok) {
    self_->send(from, log_appended{request.first_offset, {}, health_});
    return;
  }
  group_bytes_ += request.value.size();
  appends_.push_back({std::move(request), std::move(from)});
  schedule_commit();
}

caf::result<verdict> log_writer_state::keep(keep_dead_letters& request) {
  if (!health_.ok)
    return health_;
  auto promise = self_->make_response_promise<verdict>();
  for (auto& letter : request.letters) {
    group_bytes_ += letter.size();
    letters_.push_back(std::move(letter));
  }
  keepers_.push_back(promise);
  schedule_commit();
  return promise;
}

// The commit message queues up behind the appends that are already in the mailbox, so they all join the group.
void log_writer_state::schedule_commit() {
  if (group_bytes_ >= config_->group_bytes_max) {
    commit();
  } else if (!commit_scheduled_) {
    commit_scheduled_ = true;
    self_->send(self_, commit_atom_v);
  }
}

void log_writer_state::commit() {
  commit_scheduled_ = false;
  if (appends_.empty() && keepers_.empty())
    return;
  const auto committed_at = std::max(last_commit_, config_->clock.now()); // never goes back, whatever the clock does
  const auto stamp = protocols::commit_stamp(committed_at);
  ports::write_batch group;
  std::uint64_t entries = 0;
  for (auto& [request, from] : appends_) {
    entries += request.entries;
    request.value += stamp;
    group.put(ports::family::log, ports::keys::at(request.partition, request.first_offset), std::move(request.value));
  }
  for (auto& letter : letters_) {
    v1::DeadLetter parsed;
    if (parsed.ParseFromString(letter))
      group.put(ports::family::dead_letters, parsed.id(), std::move(letter));
  }
  const auto started = std::chrono::steady_clock::now();
  const auto written = config_->store.write(group, ports::durability::synced);
  if (written) {
    last_commit_ = committed_at;
    config_->metrics.group_commit(entries, group_bytes_, std::chrono::steady_clock::now() - started);
  } else {
    health_ = verdict::of(written);
    config_->on_failure(written.err());
    schedule_mend();
  }
  answer_all(health_, committed_at);
}

void log_writer_state::answer_all(const verdict& how, base::timestamp committed_at) {
  for (auto& [request, from] : appends_)
    self_->send(from, log_appended{request.first_offset, committed_at, how});
  for (auto& promise : keepers_)
    promise.deliver(how);
  appends_.clear();
  keepers_.clear();
  letters_.clear();
  group_bytes_ = 0;
}

void log_writer_state::schedule_mend() {
  if (!std::exchange(mend_scheduled_, true))
    self_->delayed_send(self_, config_->mend_every, mend_atom_v);
}

void log_writer_state::mend() {
  mend_scheduled_ = false;
  if (auto mended = config_->store.mend(); !mended) {
    config_->on_failure(mended.err());
    schedule_mend();
    return;
  }
  if (!health_.ok)
    config_->on_mended();
  health_ = {};
  for (const auto& [id, client] : clients_)
    self_->send(client, store_mended{});
}

caf::result<verdict> log_writer_state::stop() {
  commit();
  clients_.clear();
  self_->quit();
  return health_;
}

log_writer_actor::behavior_type log_writer(log_writer_actor::stateful_pointer<log_writer_state> self,
                                           log_writer_config config) {
  return self->state.start(std::move(config));
}

} // namespace cxstream::actors
