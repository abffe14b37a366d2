// docs/openapi.yaml says what is answered below /v1/imports; here a server is asked for each of these answers.
#include "transport/http/import_routes.hpp"
#include "unit/transport/http/http_loopback.hpp"
#include "unit/transport/http/openapi_document.hpp"
#include "unit/transport/kept_desk.hpp"

#include <map>
#include <set>

namespace cxstream::transport::test {
namespace {

using namespace std::chrono_literals;
using base::error_code;

// Knows nobody, or not for this, or has heard too many guesses: as the key says.
class worded_guard final : public ports::access_guard {
public:
  base::result<ports::grant> check(std::string_view key, ports::permission, std::string_view,
                                   std::string_view) override {
    if (key == "wrong")
      return base::error{error_code::unauthenticated, "no such key"};
    if (key == "other")
      return base::error{error_code::permission_denied, "not for this"};
    if (key == "guess")
      return base::error{error_code::resource_exhausted, "wait a minute"};
    return ports::grant{};
  }
};

class OpenApiImports : public HttpLoopback {
protected:
  OpenApiImports() {
    options.limits.head_max = options.limits.body_max = 200ms;
    for (auto& route : import_routes(desk, &guard, 1u << 20u))
      routes.push_back(std::move(route));
    start();
  }

  static std::string line(const std::string& method, const std::string& path) {
    return method + " " + path + " HTTP/1.1\r\nHost: a\r\n";
  }
  raw_answer said(const std::string& method, const std::string& path, const std::string& headers = "") {
    return asked(method == "POST" ? post(path, "x", headers) : line(method, path) + headers + "\r\n");
  }
  // What every call answers when it is asked in a wrong way.
  std::vector<raw_answer> wrongly_asked(const std::string& method, const std::string& path) {
    std::vector<raw_answer> out{
        asked(line(method, path) + "Bad Header\r\n\r\n"), asked(line("PUT", path) + "Content-Length: 0\r\n\r\n"),
        asked(line(method, path) + "X: "), said(method, path, "X: " + std::string(17'000, 'h') + "\r\n")};
    for (const auto* key : {"wrong", "other", "guess"})
      out.push_back(said(method, path, std::string("X-Api-Key: ") + key + "\r\n"));
    if (method == "POST") {
      out.push_back(asked(line(method, path) + "\r\n"));
      out.push_back(asked(line(method, path) + "Content-Length: 1048577\r\n\r\n"));
      out.push_back(said(method, path, "Content-Encoding: br\r\n"));
      out.push_back(said(method, path, "Expect: miracles\r\n"));
    }
    desk.throws = true;
    out.push_back(said(method, path));
    desk.throws = false;
    return out;
  }
  // The rest: what the job is like, and the node.
  std::vector<raw_answer> rightly_asked(const std::string& method, const std::string& pattern) {
    std::vector<raw_answer> out;
    if (pattern == "/v1/imports" && method == "POST") {
      out.push_back(said(method, pattern));
      desk.refuse_begin = {error_code::resource_exhausted, "full"};
      out.push_back(said(method, pattern));
      desk.refuse_begin = {error_code::unavailable, "later"};
      out.push_back(said(method, pattern));
      desk.refuse_begin.reset();
      return out;
    }
    if (pattern == "/v1/imports")
      return {said(method, pattern)};
    out.push_back(said(method, of("none", pattern)));
    const bool is_over = method == "DELETE";
    desk.change("job", v1::IMPORT_RUNNING);
    if (is_over)
      out.push_back(said(method, of("job", pattern)));
    desk.change("job", v1::IMPORT_DONE);
    if (method == "POST") {
      out.push_back(said(method, of("job", pattern)));
      desk.change("job", v1::IMPORT_RUNNING);
    }
    if (pattern != "/v1/imports/{id}" || is_over) {
      desk.refuse_call = {error_code::io, "the disk is ill"};
      out.push_back(said(method, of("job", pattern)));
      desk.refuse_call.reset();
    }
    out.push_back(said(method, of("job", pattern)));
    return out;
  }
  static std::string of(const std::string& id, std::string pattern) {
    const auto at = pattern.find("{id}");
    return at == std::string::npos ? pattern : pattern.replace(at, 4, id);
  }

  kept_desk desk;
  worded_guard guard;
};

TEST_F(OpenApiImports, DescribesEveryAnswerThatIsGivenAndNoOther) {
  std::size_t calls = 0;
  for (const auto& path : openapi_document()["paths"]) {
    const auto pattern = path.first.as<std::string>();
    if (!pattern.starts_with("/v1/imports"))
      continue;
    for (const auto& call : path.second) {
      auto method = call.first.as<std::string>();
      if (method == "parameters")
        continue;
      ++calls;
      for (auto& c : method)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const auto described = call.second["responses"];
      desk.change("job", v1::IMPORT_RUNNING);
      auto answers = wrongly_asked(method, of("job", pattern));
      for (auto& answer : rightly_asked(method, pattern))
        answers.push_back(std::move(answer));
      std::set<std::string> given;
      for (const auto& answer : answers) {
        const auto status = std::to_string(answer.status);
        SCOPED_TRACE(method + " " + pattern + " " + status + " " + answer.body);
        given.insert(status);
        ASSERT_TRUE(described[status]);
        expect_as_described(answer, described[status]);
      }
      std::set<std::string> promised;
      for (const auto& one : described)
        promised.insert(one.first.as<std::string>());
      EXPECT_EQ(given, promised) << method << " " << pattern;
    }
  }
  EXPECT_EQ(calls, 8u);
}

} // namespace
} // namespace cxstream::transport::test
