#include "transport/http/http_router.hpp"

#include <gtest/gtest.h>

namespace cxstream::transport {
namespace {

const http_router router({{"POST", "/jobs", nullptr},
                          {"GET", "/jobs/{id}", nullptr},
                          {"DELETE", "/jobs/{id}", nullptr},
                          {"GET", "/jobs/{id}/rejects", nullptr}});

// "METHOD path captured", or the status of the answer that there is nothing.
std::string found(std::string_view method, std::string_view target) {
  const auto found = router.find(method, target);
  if (const auto* answer = std::get_if<http_response>(&found))
    return std::to_string(answer->status);
  const auto& [route, captured] = std::get<http_router::found>(found);
  return route->method + " " + route->path + " " + std::string(captured);
}

TEST(HttpRouter, APartInTheMiddleMayBeAnything) {
  EXPECT_EQ(found("GET", "/jobs/17"), "GET /jobs/{id} 17");
  EXPECT_EQ(found("GET", "/jobs/17/rejects?from=3"), "GET /jobs/{id}/rejects 17");
  EXPECT_EQ(found("DELETE", "/jobs/rejects"), "DELETE /jobs/{id} rejects");
  EXPECT_EQ(found("POST", "/jobs?a=b"), "POST /jobs ");
}

TEST(HttpRouter, ThePartIsNeverEmptyNorSeveral) {
  for (const auto* target : {"/jobs/", "/jobs//rejects", "/jobs/a/b", "/jobs/a/b/rejects", "/jobs/rejects/", "/"})
    EXPECT_EQ(found("GET", target), "404") << target;
}

TEST(HttpRouter, AnotherMethodIsToldWhatThePathTakes) {
  const auto answer = router.find("PUT", "/jobs/17");
  ASSERT_TRUE(std::holds_alternative<http_response>(answer));
  EXPECT_EQ(std::get<http_response>(answer).status, 405);
  EXPECT_EQ(std::get<http_response>(answer).headers.at(0).value, "GET, DELETE");
}

} // namespace
} // namespace cxstream::transport
