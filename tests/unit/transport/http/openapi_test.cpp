// docs/openapi.yaml says what the HTTP doors answer; here a server is asked for each of these answers.
#include "support/turned_clock.hpp"
#include "transport/http/events_endpoint.hpp"
#include "unit/transport/http/http_loopback.hpp"
#include "unit/transport/http/openapi_document.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace cxstream::transport::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr const char* as_json = "Content-Type: application/json\r\n";

ports::read_payload read_word(const ports::payload& from) {
  if (from.body == "throw")
    throw std::runtime_error("planted");
  if (from.body == "unsigned")
    return {{}, {}, {{v1::BAD_SIGNATURE, "", "wrong", ""}}};
  if (from.body == "bad")
    return {{}, {}, {{v1::BAD_MAPPING, "ticket_id", "none", ""}}};
  if (from.body == "drifted")
    return {{}, {}, {{v1::BROKEN_CONTRACT, "", "a new field", ""}}};
  return {{v1::CanonicalEvent().SerializeAsString()}, {}, {}};
}

// Knows nobody, or not for this, or has heard too many guesses: as the key says.
class scripted_guard final : public ports::access_guard {
public:
  base::result<ports::grant> check(std::string_view key, ports::permission, std::string_view,
                                   std::string_view) override {
    if (key == "wrong")
      return base::error{base::error_code::unauthenticated, "no such key"};
    if (key == "reader")
      return base::error{base::error_code::permission_denied, "not for this"};
    if (key == "guess")
      return base::error{base::error_code::resource_exhausted, "wait a minute"};
    return ports::grant{};
  }
};

// A handler in the place of one that fails: what the events endpoint can be made to throw by no request.
class failing_once final : public http_handler {
public:
  explicit failing_once(std::shared_ptr<http_handler> real) : real_(std::move(real)) {
  }
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override {
    if (request.payload.body == "throw")
      throw std::runtime_error("planted");
    real_->handle(std::move(request), std::move(exchange));
  }

private:
  std::shared_ptr<http_handler> real_;
};

class OpenApi : public HttpLoopback {
protected:
  OpenApi() {
    options.limits.head_max = options.limits.body_max = 200ms;
    const auto reader = std::make_shared<scripted_reader>(&read_word);
    source_table table;
    table.sources["zendesk"] = {reader, "zendesk", {}};
    table.sources["spent"] = {reader, "zendesk", {0.001, 1, 0, 0}};
    table.sources["strict"] = {reader, "zendesk", {}, true};
    table.removed = {"old"};
    sources = std::make_shared<source_endpoint>(source_services{gate, clock, meter, log}, table);
    routes.push_back({"POST", "/v1/sources/{name}", sources});
    routes.push_back(
        {"POST", "/v1/events", std::make_shared<failing_once>(std::make_shared<events_endpoint>(gate, &guard))});
    start();
  }

  // The answers that every door gives.
  std::vector<raw_answer> shared_answers(const std::string& path) {
    const auto head = "POST " + path + " HTTP/1.1\r\nHost: a\r\n";
    std::vector<raw_answer> answers{asked(head + "Bad Header\r\n\r\n"),
                                    asked("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"),
                                    asked(head + "Content-Length: 10\r\n\r\nslow"),
                                    asked(head + "\r\n"),
                                    asked(head + "Content-Length: 1048577\r\n\r\n"),
                                    asked(post(path, "x", "Content-Encoding: br\r\n")),
                                    asked(post(path, "x", "Expect: miracles\r\n")),
                                    asked(post(path, "x", "X: " + std::string(17'000, 'h') + "\r\n")),
                                    asked(post(path, "throw", as_json))};
    gate.fail_next({base::error_code::resource_exhausted, "disk full"});
    answers.push_back(asked(post(path, "{}", as_json)));
    return answers;
  }
  std::vector<raw_answer> source_answers() {
    auto answers = shared_answers("/v1/sources/zendesk");
    for (const auto* body : {"good", "bad", "unsigned"})
      answers.push_back(asked(post("/v1/sources/zendesk", body)));
    for (const auto* name : {"nobody", "old", "spent", "spent"})
      answers.push_back(asked(post("/v1/sources/"s + name, "good")));
    answers.push_back(asked(post("/v1/sources/strict", "drifted")));
    return answers;
  }
  std::vector<raw_answer> event_answers() {
    auto answers = shared_answers("/v1/events");
    for (const auto* body : {"{}", "[17]", "{"})
      answers.push_back(asked(post("/v1/events", body, as_json)));
    for (const auto* key : {"wrong", "reader", "guess"})
      answers.push_back(
          asked(post("/v1/events", "{}", std::string(as_json) + "Authorization: Bearer " + key + "\r\n")));
    answers.push_back(asked(post("/v1/events", "a=b", "Content-Type: text/plain\r\n")));
    return answers;
  }

  deciding_gate gate;
  scripted_guard guard;
  support::turned_clock clock;
  noted_meter meter;
  std::shared_ptr<source_endpoint> sources;
};

// Scalars as texts: protobuf's JSON reads numbers from these as well.
nlohmann::json json_of(const YAML::Node& node) {
  if (node.IsScalar())
    return node.as<std::string>();
  auto json = node.IsMap() ? nlohmann::json::object() : nlohmann::json::array();
  for (const auto& item : node) {
    if (node.IsMap())
      json[item.first.as<std::string>()] = json_of(item.second);
    else
      json.push_back(json_of(item));
  }
  return json;
}

TEST_F(OpenApi, DescribesEveryAnswerThatIsGivenAndNoOther) {
  const auto paths = openapi_document()["paths"];
  ASSERT_EQ(paths.size(), 9u); // one is for people (feedback_endpoint_test), six are those of openapi_imports_test
  for (const auto& [path, answers] :
       {std::pair("/v1/sources/{name}"s, source_answers()), {"/v1/events"s, event_answers()}}) {
    const auto described = paths[path]["post"]["responses"];
    ASSERT_TRUE(described) << path;
    std::set<std::string> given;
    for (const auto& answer : answers) {
      const auto status = std::to_string(answer.status);
      given.insert(status);
      SCOPED_TRACE(path + " " + status + " " + answer.body);
      ASSERT_TRUE(described[status]);
      // A refusal by the content type names none of the encodings.
      if (path != "/v1/events" || status != "415")
        expect_as_described(answer, described[status]);
    }
    std::set<std::string> promised;
    for (const auto& one : described)
      promised.insert(one.first.as<std::string>());
    EXPECT_EQ(given, promised) << path;
  }
}

TEST_F(OpenApi, GivesExamplesThatAreTaken) {
  const auto content = openapi_document()["paths"]["/v1/events"]["post"]["requestBody"]["content"];
  std::size_t taken = 0;
  for (const auto& type : content)
    for (const auto& example : type.second["examples"]) {
      const auto value = example.second["value"];
      const auto body = value.IsScalar() ? value.as<std::string>() : json_of(value).dump();
      const auto answer = asked(post("/v1/events", body, "Content-Type: " + type.first.as<std::string>() + "\r\n"));
      EXPECT_EQ(answer.status, 200) << type.first << body << answer.body;
      ++taken;
    }
  EXPECT_EQ(taken, 5u);
}

} // namespace
} // namespace cxstream::transport::test
