#include "transport/http/json_elements.hpp"

#include "support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace cxstream::transport {
namespace {

std::vector<std::string_view> elements(std::string_view text) {
  auto document = json_elements(text, 100);
  EXPECT_TRUE(document) << text;
  return document ? std::move(document->elements) : std::vector<std::string_view>{};
}

TEST(JsonElements, FindsTheTextOfEveryElement) {
  const auto found = elements(" [ {\"a\":[1,{}]} ,-1.5e3,\"],[\", true,null , [ ] ,[[1],[2]],{}] ");
  const std::vector<std::string_view> expected{"{\"a\":[1,{}]}", "-1.5e3", "\"],[\"",   "true",
                                               "null",           "[ ]",    "[[1],[2]]", "{}"};
  EXPECT_EQ(found, expected);
}

TEST(JsonElements, TakesWhatIsNoArrayForItsOnlyElement) {
  EXPECT_EQ(elements(" {\"a\":1}\n"), std::vector<std::string_view>{"{\"a\":1}"});
  EXPECT_EQ(elements("7"), std::vector<std::string_view>{"7"});
  EXPECT_TRUE(elements("[]").empty());
}

TEST(JsonElements, StopsAtTheMostElements) {
  EXPECT_TRUE(json_elements("[1,2]", 2));
  EXPECT_EQ(json_elements("[1,2,3]", 2).err().code, base::error_code::resource_exhausted);
}

TEST(JsonElements, SaysWhereJsonIsBroken) {
  const auto broken = json_elements("[1,\n 2,]", 10);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.err().message.find("byte 7"), std::string::npos) << broken.err().message;
}

TEST(JsonElements, AgreesWithTheJsonTestSuite) {
  const auto archive =
      std::filesystem::path(CXSTREAM_SOURCE_DIR) / "../shared/data/conformance/json/JSONTestSuite_y_and_n.tar.gz";
  if (!std::filesystem::exists(archive))
    GTEST_SKIP() << "no conformance data";
  const support::scratch_dir dir;
  auto* tar = ::popen(("tar -xzf '" + archive.string() + "' -C '" + dir.path() + "'").c_str(), "r");
  ASSERT_NE(tar, nullptr);
  ASSERT_EQ(::pclose(tar), 0);
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
    const auto name = entry.path().filename().string();
    if (!entry.is_regular_file() || (!name.starts_with("y_") && !name.starts_with("n_")))
      continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const bool taken = static_cast<bool>(check_json(text));
    EXPECT_EQ(taken, name.starts_with("y_")) << name;
    EXPECT_EQ(static_cast<bool>(json_elements(text, 1'000'000)), taken) << name;
    ++(taken ? good : bad);
  }
  EXPECT_EQ(good, 95u);
  EXPECT_EQ(bad, 110u);
}

} // namespace
} // namespace cxstream::transport
