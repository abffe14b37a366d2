// Requests that another connector made of events, recorded by its authors, against the requests that these connectors
// make of the same values under the same configuration. What a sink of tickets does not do is counted by reason.
#include "base/rfc3339.hpp"
#include "connectors/crm/record_maker.hpp"
#include "connectors/hubspot/upsert.hpp"
#include "connectors/salesforce/upsert.hpp"
#include "connectors/zendesk/ticket_update.hpp"
#include "unit/connectors/deliveries.hpp"

#include <array>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <zlib.h>

namespace cxstream::connectors {
namespace {

using connectors_test::event_of;
using connectors_test::log_of_events;
using nlohmann::json;
using testing::Pair;
using testing::UnorderedElementsAre;
using counts = std::map<std::string, int>;

const std::filesystem::path folder = std::filesystem::path(CXSTREAM_SOURCE_DIR) / "../shared/data/crm_pairs/rudder";

json cases_in(const std::string& name) {
  gzFile in = gzopen((folder / name).c_str(), "rb");
  std::string text;
  char block[65'536];
  for (int got = 0; (got = gzread(in, block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(got));
  gzclose(in);
  return json::parse(text);
}

#define SKIP_WITHOUT_CASES()                                                                                           \
  if (!std::filesystem::exists(folder))                                                                                \
  GTEST_SKIP() << "the recorded requests are not here"

bool holds(const json& where, const json& value) {
  if (where == value)
    return true;
  if (!where.is_structured())
    return false;
  return std::ranges::any_of(where, [&](const json& part) { return holds(part, value); });
}

// An event and a projection that carry a record of the recorded request: values that the recorded event has travel in
// fields of ours, the others are the configuration's (constants).
class translation {
public:
  translation(const json& message, std::string ticket) : message_(message), event_(event_of("T", 1)) {
    event_.set_ticket_id(std::move(ticket));
  }

  void add(const std::string& name, const json& value) {
    auto& field = *projection_.add_fields();
    field.set_name(name);
    const bool from_event = holds(message_, value) && value.is_string() && !value.get<std::string>().empty();
    if (from_event && next_ < slots.size()) {
      field.set_source(std::string(slots[next_].first));
      slots[next_++].second(event_, value.get<std::string>());
      ++carried;
    } else {
      field.set_constant(value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  // Only the fields that were added: the sink's own marks have no place in what was recorded.
  crm_record record(time_form times = time_form::rfc3339, std::set<std::string, std::less<>> dates = {}) {
    log_of_events log;
    names_.clear();
    for (const auto& field : projection_.fields())
      names_.insert(field.name());
    projection_.set_kind(v1::CUSTOM);
    auto own = projection_;
    if (own.fields().empty())
      own.add_fields()->set_source("ticket_id");
    maker_ = std::make_unique<record_maker>(
        *model::compile_projection(own),
        record_style{[this](const model::projected_field& f) { return names_.contains(f.name) ? f.name : ""; }, times,
                     std::move(dates)});
    return *maker_->make(log.add(event_), 0);
  }
  int carried = 0; // values that travelled in the event
  v1::CanonicalEvent& event() {
    return event_;
  }
  v1::Projection& projection() {
    return projection_;
  }

private:
  using set_text = void (*)(v1::CanonicalEvent&, const std::string&);
  static constexpr std::array<std::pair<std::string_view, set_text>, 12> slots{{
      {"account_id", [](v1::CanonicalEvent& e, const std::string& v) { e.set_account_id(v); }},
      {"canonical_tag", [](v1::CanonicalEvent& e, const std::string& v) { e.set_canonical_tag(v); }},
      {"driver", [](v1::CanonicalEvent& e, const std::string& v) { e.set_driver(v); }},
      {"evidence_url", [](v1::CanonicalEvent& e, const std::string& v) { e.set_evidence_url(v); }},
      {"status", [](v1::CanonicalEvent& e, const std::string& v) { e.set_status(v); }},
      {"priority", [](v1::CanonicalEvent& e, const std::string& v) { e.set_priority(v); }},
      {"channel", [](v1::CanonicalEvent& e, const std::string& v) { e.set_channel(v); }},
      {"agent_id", [](v1::CanonicalEvent& e, const std::string& v) { e.set_agent_id(v); }},
      {"customer_id", [](v1::CanonicalEvent& e, const std::string& v) { e.set_customer_id(v); }},
      {"sentiment.label", [](v1::CanonicalEvent& e, const std::string& v) { e.mutable_sentiment()->set_label(v); }},
      {"churn_risk.label", [](v1::CanonicalEvent& e, const std::string& v) { e.mutable_churn_risk()->set_label(v); }},
      {"effort.label", [](v1::CanonicalEvent& e, const std::string& v) { e.mutable_effort()->set_label(v); }},
  }};

  const json& message_;
  v1::CanonicalEvent event_;
  v1::Projection projection_;
  std::size_t next_ = 0;
  std::set<std::string> names_;
  std::unique_ptr<record_maker> maker_;
};

std::string path_of(const std::string& url) {
  return url.substr(url.find('/', url.find("//") + 2));
}

// The requests of a case of the kind "router", each with the events it was made of.
struct recorded {
  json request;
  std::vector<json> messages;
};

std::vector<recorded> requests_of(const json& test) {
  std::vector<recorded> out;
  if (!test.contains("output"))
    return out;
  const auto& inputs = test["input"]["request"]["body"]["input"];
  for (const auto& output : test.value("/output/response/body/output"_json_pointer, json::array())) {
    if (!output.contains("batchedRequest"))
      continue;
    std::vector<json> messages;
    for (const auto& metadata : output["metadata"])
      for (const auto& input : inputs)
        if (input.contains("metadata") && input["metadata"]["jobId"] == metadata["jobId"])
          messages.push_back(input["message"]);
    const auto& batched = output["batchedRequest"];
    for (const auto& request : batched.is_array() ? batched : json::array({batched}))
      out.push_back({request, messages});
  }
  return out;
}

std::string why_out_of_scope(const std::string& path) {
  if (path.starts_with("/crm/v3/associations"))
    return "associates records; a ticket is one record";
  if (path.ends_with("/batch/create"))
    return "creates without a key: a repeat would make a second record";
  if (path.starts_with("/events/") || path.find("/v1/event") != std::string::npos)
    return "behavioural events of contacts";
  return "HubSpot's version 1, of contacts by e-mail";
}

// Whether these connectors make the same request of it.
void expect_same_hubspot_request(const recorded& was, int number, int& carried) {
  const auto path = was.request["endpoint"].get<std::string>();
  const auto& inputs = was.request["body"]["JSON"]["inputs"];
  hubspot::shape of;
  of.object = path.substr(path.find("/objects/") + 9, path.find("/batch/") - path.find("/objects/") - 9);
  of.id_property = inputs[0].value("idProperty", "hs_object_id");
  std::vector<std::unique_ptr<translation>> translations;
  std::vector<crm_record> records;
  json expected = was.request["body"]["JSON"];
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& message = was.messages.size() == inputs.size() ? was.messages[i] : json(was.messages);
    auto& t = *translations.emplace_back(std::make_unique<translation>(message, inputs[i]["id"].get<std::string>()));
    for (const auto& [name, value] : inputs[i]["properties"].items())
      t.add(name, value);
    records.push_back(t.record(time_form::unix_ms));
    carried += t.carried;
    expected["inputs"][i]["objectWriteTraceId"] = std::to_string(i); // names an input within its request alone
  }
  // The oldest way of proving oneself, a key in the URL, HubSpot has ended.
  const auto authorization = was.request["headers"].value("Authorization", "Bearer of-today");
  const auto token = authorization.substr(7);
  const auto request = hubspot::upsert_request(of, token, records);
  EXPECT_EQ(request.method, was.request["method"]) << "case " << number;
  EXPECT_EQ(request.url, path) << "case " << number;
  EXPECT_EQ(request.headers.front().second, authorization) << "case " << number;
  EXPECT_EQ(json::parse(request.body), expected) << "case " << number;
}

TEST(RecordedRequests, HubspotUpsertsAndUpdatesAreTheSame) {
  SKIP_WITHOUT_CASES();
  counts same;
  counts out_of_scope;
  int without_request = 0;
  int carried = 0;
  for (const auto& test : cases_in("hs_router.json.gz")) {
    const auto requests = requests_of(test);
    without_request += requests.empty() ? 1 : 0;
    for (const auto& was : requests) {
      const auto path = path_of(was.request["endpoint"]);
      const bool upserts = path.ends_with("/batch/upsert");
      if (!upserts && !path.ends_with("/batch/update")) {
        ++out_of_scope[why_out_of_scope(path)];
        continue;
      }
      ++same[upserts ? "upsert" : "update"];
      expect_same_hubspot_request(was, test["n"], carried);
    }
  }
  EXPECT_THAT(same, UnorderedElementsAre(Pair("upsert", 19), Pair("update", 6)));
  EXPECT_THAT(out_of_scope, UnorderedElementsAre(Pair("creates without a key: a repeat would make a second record", 5),
                                                 Pair("associates records; a ticket is one record", 1),
                                                 Pair("behavioural events of contacts", 9),
                                                 Pair("HubSpot's version 1, of contacts by e-mail", 3)));
  EXPECT_EQ(without_request, 20) << "events that their model refuses before a request is made";
  EXPECT_GT(carried, 40) << "values that travelled in events and not in the configuration";
}

TEST(RecordedRequests, HubspotDaysAreTheMidnightsThatWereRecorded) {
  SKIP_WITHOUT_CASES();
  int days = 0;
  for (const auto& test : cases_in("hs_router.json.gz"))
    for (const auto& was : requests_of(test))
      for (const auto& message : was.messages) {
        const auto traits = message.value("traits", json::object());
        for (const auto& [name, value] : traits.items()) {
          if (!name.starts_with("date_"))
            continue;
          for (const auto& input : was.request["body"]["JSON"].value("inputs", json::array()))
            if (input["properties"].contains(name)) {
              const auto time = base::parse_rfc3339(value.get<std::string>());
              ASSERT_TRUE(time);
              EXPECT_EQ(std::get<std::uint64_t>(day_value(*time, time_form::unix_ms)), input["properties"][name]);
              ++days;
            }
        }
      }
  EXPECT_EQ(days, 3);
}

// A record by its id: PATCH, which that connector writes as POST with _HttpMethod.
TEST(RecordedRequests, SalesforceUpdatesByIdAreTheSameAndCreatesHaveTheSameFields) {
  SKIP_WITHOUT_CASES();
  constexpr std::string_view as_patch = "?_HttpMethod=PATCH";
  counts got;
  int carried = 0;
  for (const auto& test : cases_in("salesforce_processor.json.gz")) {
    const auto& answer = test["output"]["response"]["body"][0];
    if (!answer.contains("output")) {
      ++got["no request"];
      continue;
    }
    const auto& was = answer["output"];
    const auto endpoint = was["endpoint"].get<std::string>();
    const auto data = endpoint.find("/services/data/");
    const auto version = endpoint.substr(data + 15, endpoint.find('/', data + 15) - data - 15);
    const bool updates = endpoint.ends_with(as_patch);
    const auto row = endpoint.substr(0, endpoint.size() - (updates ? as_patch.size() : 0));
    const auto object_at = row.find("/sobjects/") + 10;
    const auto object = row.substr(object_at, row.find('/', object_at) - object_at);
    const auto id = updates ? row.substr(row.rfind('/') + 1) : std::string("T1");
    translation t(test["input"]["request"]["body"][0]["message"], id);
    for (const auto& [name, value] : was["body"]["JSON"].items())
      t.add(name, value);
    const std::vector records{t.record()};
    carried += t.carried;
    const auto bearer = was["headers"]["Authorization"].get<std::string>();
    const salesforce::session at{bearer.substr(7), endpoint.substr(0, data)};
    const auto request = salesforce::upsert_request(at, {object, updates ? "Id" : "cx_ticket_id__c", version}, records);
    EXPECT_EQ(request.headers.front().second, bearer);
    const auto body = json::parse(request.body);
    // An id that is none ("sf-contact-id") must not stand in a URL: it travels in a collection.
    const bool is_row = salesforce::kind_of({object, updates ? "Id" : "cx_ticket_id__c", version}, records) ==
                        salesforce::request_kind::row;
    auto fields = is_row ? body : body["records"][0];
    if (is_row) {
      EXPECT_EQ(request.method, "PATCH");
      EXPECT_EQ(request.url, row);
    } else {
      EXPECT_EQ(fields["attributes"]["type"], object);
      EXPECT_EQ(fields[updates ? "id" : "cx_ticket_id__c"], id);
      for (const auto* own : {"attributes", "id", "cx_ticket_id__c"})
        fields.erase(own);
    }
    EXPECT_EQ(fields, was["body"]["JSON"]) << "case " << test["n"];
    ++got[is_row ? "the same" : updates ? "the same fields, the id in the body" : "the same fields, by a key"];
  }
  EXPECT_THAT(got, UnorderedElementsAre(Pair("the same", 3), Pair("the same fields, the id in the body", 2),
                                        Pair("the same fields, by a key", 6), Pair("no request", 4)));
  EXPECT_GT(carried, 60);
}

// They write users, organisations and events of users; cxstream writes tickets. How they prove themselves is the same.
TEST(RecordedRequests, ZendeskIsShownTheSameCredentials) {
  SKIP_WITHOUT_CASES();
  int requests = 0;
  int of_tickets = 0;
  for (const auto& test : cases_in("zendesk_processor.json.gz")) {
    const auto& answer = test["output"]["response"]["body"][0];
    if (!answer.contains("output"))
      continue;
    const auto& was = answer["output"];
    of_tickets += was["endpoint"].get<std::string>().find("/tickets") != std::string::npos ? 1 : 0;
    const auto shown = was["headers"]["Authorization"].get<std::string>();
    std::string plain(shown.size(), '\0');
    const auto encoded = shown.substr(6);
    const auto size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(plain.data()),
                        reinterpret_cast<const unsigned char*>(encoded.data()), static_cast<int>(encoded.size()));
    ASSERT_GT(size, 0);
    plain.resize(static_cast<std::size_t>(size) - static_cast<std::size_t>(std::ranges::count(encoded, '=')));
    const auto slash = plain.find("/token:");
    ASSERT_NE(slash, std::string::npos);
    EXPECT_EQ(zendesk::basic_authorization(plain.substr(0, slash), plain.substr(slash + 7)), shown);
    ++requests;
  }
  EXPECT_EQ(requests, 19);
  EXPECT_EQ(of_tickets, 0);
}

} // namespace
} // namespace cxstream::connectors
