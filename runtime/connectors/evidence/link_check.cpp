#include "connectors/evidence/link_check.hpp"

namespace cxstream::connectors {

using ports::evidence_found;

link_finding finding_of(const http_answer& answer) {
  if (answer.end == call_end::forbidden)
    return {evidence_found::forbidden, 0};
  if (answer.end == call_end::not_sent)
    return {evidence_found::broken, 0};
  if (answer.end != call_end::answered)
    return {evidence_found::unclear, 0};
  const auto status = answer.status;
  if (status >= 200 && status < 400)
    return {evidence_found::resolves, status};
  if (status == 401 || status == 403 || status == 407)
    return {evidence_found::locked, status};
  if (status >= 500 || status < 400 || status == 408 || status == 425 || status == 429)
    return {evidence_found::unclear, status};
  return {evidence_found::broken, status};
}

link_finding look_at(http_client& client, const std::string& url) {
  const http_headers headers{{"User-Agent", "cxstream (looks whether evidence links still resolve)"}};
  const auto answer = client.send({"HEAD", url, headers, {}});
  const auto by_head = finding_of(answer);
  if (by_head.found != evidence_found::broken && by_head.http_status < 500)
    return by_head;
  if (answer.end != call_end::answered)
    return by_head;
  return finding_of(client.send({"GET", url, headers, {}}));
}

} // namespace cxstream::connectors
