// Throughput and CPU of the connectors that speak HTTP, each at the stand-in of its vendor, and libcurl alone sending
// the same requests over one connection as the baseline. The stand-ins run in this process, on threads of their own;
// CPU is of the thread that sends. So the rates are those of one caller and a target that is near: in the field the
// vendor's latency and limits decide, and the CPU is what remains of these figures.
#include "load/load.hpp"
#include "support/vendors/helpdesks.hpp"
#include "support/vendors/hubspot_account.hpp"
#include "support/vendors/salesforce_org.hpp"

#include <curl/curl.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

namespace cxstream::bench {
namespace {

constexpr std::size_t tickets = 2'000;

config::sink_config sink_of(const char* kind, v1::ProjectionKind projection,
                            std::map<std::string, std::string> settings) {
  config::sink_config out;
  out.name = "bench";
  out.kind = kind;
  out.projection.set_kind(projection);
  out.settings = std::move(settings);
  out.settings["allow_private"] = "true";
  return out;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// The same requests once more, one after the other.
void send_plainly(const std::string& address, const std::vector<support::got_request>& requests) {
  const std::unique_ptr<CURL, void (*)(CURL*)> call(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(call.get(), CURLOPT_WRITEFUNCTION, ignore);
  for (const auto& r : requests) {
    curl_slist* headers = nullptr;
    for (const auto& [name, value] : r.headers)
      if (name != "Content-Length" && name != "Host")
        headers = curl_slist_append(headers, (name + ": " + value).c_str());
    const auto url = address + r.path.substr(1) + (r.query.empty() ? "" : "?" + r.query);
    curl_easy_setopt(call.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(call.get(), CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(call.get(), CURLOPT_CUSTOMREQUEST, r.method.c_str());
    curl_easy_setopt(call.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(r.body.size()));
    curl_easy_setopt(call.get(), CURLOPT_POSTFIELDS, r.body.c_str());
    if (curl_easy_perform(call.get()) != CURLE_OK)
      fail("a request of the baseline failed");
    curl_slist_free_all(headers);
  }
}

void bench_one(const config::sink_config& sink, support::http_stand_in& vendor, std::size_t events_n,
               const std::string& label, const std::string& prefix = "T-") {
  const auto events = make_events(events_n, tickets, prefix);
  vendor.forget_requests();
  measure(label + ", connector", events_n, cpu_of::thread, [&] { deliver_all(sink, events, tickets); });
  const auto requests = vendor.requests();
  measure(label + ", libcurl alone", events_n, cpu_of::thread, [&] { send_plainly(vendor.url(), requests); });
  std::printf("%-34s %10.2f events a request\n", "",
              static_cast<double>(events_n) / static_cast<double>(requests.size()));
}

void bench_plain_receivers(std::size_t events) {
  support::http_stand_in receiver;
  const auto hook = [&](const char* batch) {
    return sink_of("webhook", v1::CRM,
                   {{"url", receiver.url("/hook")}, {"secret", "whsec_c2VjcmV0"}, {"batch_events", batch}});
  };
  bench_one(hook("1"), receiver, events, "webhook");
  bench_one(hook("100"), receiver, events, "webhook, batches of 100");
  bench_one(sink_of("rest", v1::CRM, {{"url", receiver.url("/tickets/{{ticket_id}}")}}), receiver, events, "rest");
}

void bench_crms(std::size_t events) {
  support::salesforce_org org;
  bench_one(sink_of("salesforce", v1::CRM,
                    {{"url", org.url()},
                     {"client_id", std::string(support::salesforce_org::client_id)},
                     {"client_secret", std::string(support::salesforce_org::client_secret)}}),
            org.server(), events, "salesforce");
  support::hubspot_account account;
  bench_one(sink_of("hubspot", v1::CRM,
                    {{"url", account.url()}, {"access_token", std::string(support::hubspot_account::access_token)}}),
            account.server(), events, "hubspot");
}

void bench_helpdesks(std::size_t events) {
  support::zendesk_account account;
  support::intercom_workspace workspace;
  for (std::size_t i = 1; i <= tickets; ++i) {
    account.add_ticket(std::to_string(i));
    workspace.add("/conversations/" + std::to_string(i));
  }
  auto zendesk = sink_of("zendesk", v1::CUSTOM,
                         {{"url", account.url()},
                          {"email", std::string(support::zendesk_account::email)},
                          {"api_token", std::string(support::zendesk_account::api_token)}});
  for (const auto& [source, name] : {std::pair{"status", "360001"}, std::pair{"ticket_sequence", "360002"}}) {
    auto& field = *zendesk.projection.add_fields();
    field.set_source(source);
    field.set_name(name);
  }
  bench_one(zendesk, account.server(), events, "zendesk", "");
  bench_one(
      sink_of("intercom", v1::CRM,
              {{"url", workspace.url()}, {"access_token", std::string(support::intercom_workspace::access_token)}}),
      workspace.server(), events, "intercom", "");
}

} // namespace
} // namespace cxstream::bench

int main(int argc, char** argv) {
  const std::size_t n = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4'000;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::printf("%zu events of %zu tickets, one connection\n", n, cxstream::bench::tickets);
  cxstream::bench::bench_plain_receivers(n);
  cxstream::bench::bench_crms(n);
  cxstream::bench::bench_helpdesks(n);
  return 0;
}
