// The admin calls about replays.
#include "actors/node/admin_service.hpp"
#include "actors/node/asker.hpp"
#include "actors/node/replay_roster.hpp"

namespace cxstream::actors {

namespace {

// The replay as its actor knows it, or, when it is over, as it was written.
void find_replay(const node_parts& parts, const std::string& id,
                 const std::function<void(base::result<v1::Replay>)>& done) {
  const auto from_store = [&parts, id] { return parts.replays.written(id); };
  if (const auto actor = parts.replays.running(id))
    ask<bytes_answer>(parts.system, *actor, ask_counts{}, [done, from_store](base::result<bytes_answer> answer) {
      v1::Replay job;
      if (answer && answer->result.ok && job.ParseFromString(answer->bytes))
        done(std::move(job));
      else
        done(from_store());
    });
  else
    done(from_store());
}

} // namespace

void admin_service::preview_replay(v1::PreviewReplayRequest request, ports::reply<v1::PreviewReplayResponse> done) {
  // It reads the history: not on the caller's thread.
  parts_.system.spawn<caf::detached>([&replays = parts_.replays, request = std::move(request), done = std::move(done)] {
    done(replays.preview(request));
  });
}

void admin_service::start_replay(v1::StartReplayRequest request, ports::reply<v1::StartReplayResponse> done) {
  auto job = parts_.replays.begin(request);
  if (!job) {
    done(job.err());
    return;
  }
  v1::StartReplayResponse out;
  *out.mutable_replay() = std::move(*job);
  done(std::move(out));
}

void admin_service::list_replays(v1::ListReplaysRequest, ports::reply<v1::ListReplaysResponse> done) {
  auto all = parts_.replays.written();
  if (!all) {
    done(all.err());
    return;
  }
  v1::ListReplaysResponse out;
  for (auto& job : *all) {
    job.clear_places();
    job.clear_failures();
    *out.add_replays() = std::move(job);
  }
  done(std::move(out));
}

void admin_service::get_replay(v1::GetReplayRequest request, ports::reply<v1::GetReplayResponse> done) {
  find_replay(parts_, request.id(), [done = std::move(done)](base::result<v1::Replay> job) {
    if (!job) {
      done(job.err());
      return;
    }
    v1::GetReplayResponse out;
    *out.mutable_replay() = std::move(*job);
    done(std::move(out));
  });
}

void admin_service::control_replay(v1::ControlReplayRequest request, ports::reply<v1::ControlReplayResponse> done) {
  const auto actor = parts_.replays.running(request.id());
  if (!actor) {
    find_replay(parts_, request.id(), [done = std::move(done)](const base::result<v1::Replay>& job) {
      done(job ? base::error{base::error_code::failed_precondition, "the replay is over"} : job.err());
    });
    return;
  }
  const actors::control_replay wish{request.action(),
                                    request.has_events_per_second() ? request.events_per_second() : -1.0};
  ask<bytes_answer>(parts_.system, *actor, wish, [done = std::move(done)](base::result<bytes_answer> answer) {
    v1::ControlReplayResponse out;
    if (!answer)
      done(answer.err());
    else if (!answer->result.ok)
      done(answer->result.why);
    else if (!out.mutable_replay()->ParseFromString(answer->bytes))
      done(base::error{base::error_code::internal, "the replay's answer cannot be read"});
    else
      done(std::move(out));
  });
}

} // namespace cxstream::actors
