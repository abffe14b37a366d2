#include "transport/http/job_json.hpp"

#include "base/rfc3339.hpp"
#include "model/fold_text.hpp"
#include "transport/http/json_writer.hpp"

namespace cxstream::transport {

namespace {

void member(json_writer& json, const char* name, std::uint64_t value) {
  key(json, name);
  json.Uint64(value);
}

void member(json_writer& json, const char* name, const std::string& value) {
  key(json, name);
  string(json, value);
}

void member(json_writer& json, const char* name, const google::protobuf::Timestamp& at) {
  const base::timestamp time{std::chrono::seconds{at.seconds()} + std::chrono::microseconds{at.nanos() / 1'000}};
  member(json, name, base::format_rfc3339(time));
}

void write(json_writer& json, const v1::ImportCounts& counts) {
  json.StartObject();
  member(json, "rows", counts.rows());
  member(json, "accepted", counts.accepted());
  member(json, "late", counts.late());
  member(json, "duplicates", counts.duplicates());
  member(json, "conflicts", counts.conflicts());
  member(json, "rejected", counts.rejected());
  member(json, "unreadable", counts.unreadable());
  member(json, "dropped", counts.dropped());
  json.EndObject();
}

void write(json_writer& json, const v1::ImportJob& job) {
  json.StartObject();
  member(json, "id", job.id());
  member(json, "name", job.name());
  member(json, "mapping", job.mapping());
  member(json, "state", state_word(job.state()));
  member(json, "problem", job.problem());
  key(json, "counts");
  write(json, job.counts());
  member(json, "refused_rows", job.refused_rows());
  member(json, "file_bytes", job.file_bytes());
  member(json, "bytes_read", job.bytes_read());
  member(json, "created_at", job.created_at());
  if (job.has_started_at())
    member(json, "started_at", job.started_at());
  if (job.has_finished_at())
    member(json, "finished_at", job.finished_at());
  member(json, "created_by", job.created_by());
  member(json, "path", job.path());
  key(json, "rows_per_second_max");
  json.Double(job.rows_per_second_max());
  member(json, "running_ms", job.running_ms());
  json.EndObject();
}

} // namespace

std::string state_word(v1::ImportState state) {
  return model::lowered(v1::ImportState_Name(state).substr(std::string_view("IMPORT_").size()));
}

http_response job_answer(int status, const v1::ImportJob& job) {
  json_text text;
  json_writer json(text);
  write(json, job);
  return {status, taken(text)};
}

http_response jobs_answer(const std::vector<v1::ImportJob>& jobs) {
  json_text text;
  json_writer json(text);
  json.StartObject();
  key(json, "jobs");
  json.StartArray();
  for (const auto& job : jobs)
    write(json, job);
  json.EndArray();
  json.EndObject();
  return {200, taken(text)};
}

http_response job_refusal(const base::error& why) {
  using base::error_code;
  constexpr std::chrono::seconds try_again_in{30};
  switch (why.code) {
    case error_code::permission_denied:
      return http_error(403, "permission_denied", why.message);
    case error_code::not_found:
      return http_error(404, "not_found", why.message);
    case error_code::failed_precondition:
      return http_error(409, "not_now", why.message);
    case error_code::resource_exhausted:
      return http_error(507, "no_room", why.message);
    case error_code::invalid_argument:
    case error_code::malformed:
      return http_error(400, "bad_request", why.message);
    default:
      return http_error_later(503, "unavailable", why.message, try_again_in);
  }
}

} // namespace cxstream::transport
