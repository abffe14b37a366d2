#include "dead/dead.hpp"

#include "terminal/number_text.hpp"
#include "terminal/style.hpp"

#include <algorithm>
#include <cstdio>

namespace cxstream::cli {

namespace {

constexpr const char* needs_selection = "say which: ids, or what they have in common (see --help)";

} // namespace

int requeue_dead(const dead_options& options) {
  v1::RequeueDeadLettersRequest request;
  *request.mutable_selector() = selector_of(options);
  request.set_allow_older(options.allow_older);
  if (!selects_something(request.selector()))
    return fail(client::exit_usage, std::string("dead requeue: ") + needs_selection);
  return call<v1::AdminService>(
      options.call, &v1::AdminService::Stub::RequeueDeadLetters, request,
      [&](const v1::RequeueDeadLettersResponse& answer) {
        const auto requeued = std::count_if(answer.results().begin(), answer.results().end(),
                                            [](const v1::RequeueResult& result) { return result.requeued(); });
        if (!options.call.json) {
          for (const auto& result : answer.results())
            std::printf("%s  %s%s%s\n", result.id().c_str(), result.requeued() ? "requeued" : "stays",
                        result.message().empty() ? "" : ": ", terminal::printable(result.message()).c_str());
          std::printf("%lld of %d requeued\n", static_cast<long long>(requeued), answer.results_size());
        }
        return requeued > 0 && requeued == answer.results_size() ? client::exit_ok : client::exit_failed;
      },
      long_call_timeout);
}

int discard_dead(const dead_options& options) {
  v1::DiscardDeadLettersRequest request;
  *request.mutable_selector() = selector_of(options);
  request.set_reason(options.why);
  if (!selects_something(request.selector()))
    return fail(client::exit_usage, std::string("dead discard: ") + needs_selection);
  return call<v1::AdminService>(
      options.call, &v1::AdminService::Stub::DiscardDeadLetters, request,
      [&](const v1::DiscardDeadLettersResponse& answer) {
        if (!options.call.json)
          std::printf("%s discarded\n", terminal::grouped(answer.discarded()).c_str());
        return answer.discarded() > 0 ? client::exit_ok : client::exit_failed;
      },
      long_call_timeout);
}

} // namespace cxstream::cli
