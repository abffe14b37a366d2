#include "transport/http/import_jobs_endpoint.hpp"

#include "transport/http/job_json.hpp"
#include "transport/http/query_string.hpp"

#include <charconv>
#include <utility>

namespace cxstream::transport {

namespace {

ports::reply<v1::ImportJob> told(std::shared_ptr<http_exchange> exchange) {
  return [exchange = std::move(exchange)](const base::result<v1::ImportJob>& job) {
    exchange->answer(job ? job_answer(200, *job) : job_refusal(job.err()));
  };
}

// "from" of the query, 0 without one.
std::optional<std::uint64_t> place_of(std::string_view target) {
  const auto query = query_of(target);
  if (!query)
    return std::nullopt;
  std::uint64_t from = 0;
  for (const auto& [name, value] : *query) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), from);
    if (name != "from" || error != std::errc() || end != value.data() + value.size())
      return std::nullopt;
  }
  return from;
}

} // namespace

// Who made a job may look at it.
base::result<void> import_jobs_endpoint::allowed(const http_request& request) const {
  const bool looks = what_ == call::list || what_ == call::show || what_ == call::rejects;
  const auto needed = looks ? ports::permission::read : ports::permission::operate;
  const auto held = guard_.check(request.payload, needed);
  if (held)
    return {};
  if (held.err().code != base::error_code::permission_denied || !looks || what_ == call::list)
    return held.err();
  const auto sends = guard_.check(request.payload, ports::permission::ingest);
  const auto job = desk_.find(request.captured);
  if (sends && job && !sends->key_id.empty() && job->created_by() == sends->key_id)
    return {};
  return held.err();
}

void import_jobs_endpoint::handle(http_request request, std::shared_ptr<http_exchange> exchange) {
  if (const auto may = allowed(request); !may)
    return exchange->answer(refused_caller(may.err()));
  const auto& id = request.captured;
  switch (what_) {
    case call::list:
      return exchange->answer(jobs_answer(desk_.list()));
    case call::show:
      return told(exchange)(desk_.find(id));
    case call::rejects:
      return rejects(request, exchange);
    case call::pause:
      return desk_.pause(id, told(exchange));
    case call::resume:
      return desk_.resume(id, told(exchange));
    case call::cancel:
      return desk_.cancel(id, told(exchange));
    case call::forget:
      return desk_.forget(id, told(exchange));
  }
}

void import_jobs_endpoint::rejects(const http_request& request, const std::shared_ptr<http_exchange>& exchange) {
  const auto from = place_of(request.payload.target);
  if (!from)
    return exchange->answer(http_error(
        400, "bad_request", "the query may hold from=PLACE, as the header Link of the answer before has it"));
  desk_.read_rejects(
      request.captured, *from, [exchange, id = request.captured](base::result<ports::rejects_piece> piece) {
        if (!piece)
          return exchange->answer(job_refusal(piece.err()));
        http_response answer{200, std::move(piece->ndjson)};
        answer.content_type = "application/x-ndjson";
        if (piece->next != 0)
          answer.headers.push_back(
              {"Link", "</v1/imports/" + id + "/rejects?from=" + std::to_string(piece->next) + ">; rel=\"next\""});
        exchange->answer(std::move(answer));
      });
}

} // namespace cxstream::transport
