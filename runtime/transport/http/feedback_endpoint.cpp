#include "transport/http/feedback_endpoint.hpp"

#include "model/feedback.hpp"
#include "transport/http/feedback_page.hpp"
#include "transport/http/ingest_line.hpp"

#include <string>

namespace cxstream::transport {

namespace {

int status_of(base::error_code code) {
  if (code == base::error_code::failed_precondition)
    return 410;
  return code == base::error_code::unavailable ? 503 : 403;
}

http_response outcome_of(const base::result<v1::PublishResponse>& answer, const ports::told_delivery& told) {
  if (!answer || answer->results_size() != 1)
    return feedback_refusal(503, "It could not be noted now; please try again in a moment");
  const auto outcome = answer->results(0).outcome();
  if (outcome == v1::ACCEPTED || outcome == v1::DUPLICATE)
    return feedback_thanks(told);
  return feedback_refusal(500, "The node did not take it: " + answer->results(0).message());
}

} // namespace

void feedback_endpoint::handle(http_request request, std::shared_ptr<http_exchange> exchange) {
  const auto told = reader_.read(request.captured, clock_.now());
  if (!told)
    return exchange->answer(feedback_refusal(
        status_of(told.err().code),
        told.err().code == base::error_code::unavailable ? "The link cannot be checked now" : told.err().message));
  if (request.method != "POST")
    return exchange->answer(feedback_question(*told));
  v1::RawPublishRequest batch;
  batch.add_events(
      model::false_positive(told->sink, told->ticket_id, told->sequence, told->told_at).SerializeAsString());
  ingest_line::of(*exchange, gate_, {request.payload.peer, {}})
      ->submit(std::move(batch), {},
               [exchange, told = *told](const auto& answer) { exchange->answer(outcome_of(answer, told)); });
}

} // namespace cxstream::transport
