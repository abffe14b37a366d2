// The admin service of a node; see ports/services.hpp. Thread-safe.
#pragma once

#include "actors/node/node.hpp"

namespace cxstream::actors {

class admin_service final : public ports::admin_service {
public:
  explicit admin_service(const node_parts& parts) : parts_(parts) {
  }

  void get_node(v1::GetNodeRequest request, ports::reply<v1::GetNodeResponse> done) override;
  void list_sinks(v1::ListSinksRequest request, ports::reply<v1::ListSinksResponse> done) override;
  void list_sources(v1::ListSourcesRequest request, ports::reply<v1::ListSourcesResponse> done) override;
  void pause_sink(v1::PauseSinkRequest request, ports::reply<v1::PauseSinkResponse> done) override;
  void resume_sink(v1::ResumeSinkRequest request, ports::reply<v1::ResumeSinkResponse> done) override;
  void seek_sink(v1::SeekSinkRequest request, ports::reply<v1::SeekSinkResponse> done) override;
  void delete_subscription(v1::DeleteSubscriptionRequest request,
                           ports::reply<v1::DeleteSubscriptionResponse> done) override;
  void list_waiting(v1::ListWaitingRequest request, ports::reply<v1::ListWaitingResponse> done) override;
  // dead_letter_calls.cpp
  void list_dead_letters(v1::ListDeadLettersRequest request, ports::reply<v1::ListDeadLettersResponse> done) override;
  void get_dead_letter(v1::GetDeadLetterRequest request, ports::reply<v1::GetDeadLetterResponse> done) override;
  void group_dead_letters(v1::GroupDeadLettersRequest request,
                          ports::reply<v1::GroupDeadLettersResponse> done) override;
  void edit_dead_letter(v1::EditDeadLetterRequest request, ports::reply<v1::EditDeadLetterResponse> done) override;
  void requeue_dead_letters(v1::RequeueDeadLettersRequest request,
                            ports::reply<v1::RequeueDeadLettersResponse> done) override;
  void discard_dead_letters(v1::DiscardDeadLettersRequest request,
                            ports::reply<v1::DiscardDeadLettersResponse> done) override;
  void export_dead_letters(v1::ListDeadLettersRequest request, ports::reply<v1::ListDeadLettersResponse> done) override;
  // replay_calls.cpp
  void preview_replay(v1::PreviewReplayRequest request, ports::reply<v1::PreviewReplayResponse> done) override;
  void start_replay(v1::StartReplayRequest request, ports::reply<v1::StartReplayResponse> done) override;
  void list_replays(v1::ListReplaysRequest request, ports::reply<v1::ListReplaysResponse> done) override;
  void get_replay(v1::GetReplayRequest request, ports::reply<v1::GetReplayResponse> done) override;
  void control_replay(v1::ControlReplayRequest request, ports::reply<v1::ControlReplayResponse> done) override;
  // verify_call.cpp
  void verify(v1::VerifyRequest request, ports::reply<v1::VerifyResponse> done) override;
  // reconcile_desk.cpp
  void reconcile(v1::ReconcileRequest request, ports::reply<v1::ReconcileResponse> done) override;

private:
  class sink_lister;

  void list_sink(const sink_entry& entry, const std::vector<std::uint64_t>& history, ports::reply<v1::SinkStatus> done);
  void add_partitions(const sink_entry& entry, const std::vector<std::uint64_t>& history, v1::SinkStatus status,
                      ports::reply<v1::SinkStatus> done);
  base::result<seek_delivery> place_of(const v1::SeekSinkRequest& request, base::partition_id p) const;

  const node_parts& parts_;
};

} // namespace cxstream::actors
