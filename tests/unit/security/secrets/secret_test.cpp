#include "security/secrets/secret.hpp"

#include "security/secrets/command_output.hpp"
#include "support/scratch_dir.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::security {
namespace {

using namespace std::chrono_literals;
using base::error_code;
using testing::HasSubstr;
using testing::Not;

secret of(const std::string& setting) {
  return *secret::of(setting);
}

TEST(Secret, IsTheTextItselfOrWhereItSays) {
  const support::scratch_dir dir;
  std::ofstream(dir.path("s")) << "from file\r\n";
  ::setenv("CXSTREAM_TEST_SECRET", "from env", 1);
  EXPECT_EQ(*of("plain").value(), "plain");
  EXPECT_EQ(*of("text:env:HOME").value(), "env:HOME");
  EXPECT_EQ(*of("env:CXSTREAM_TEST_SECRET").value(), "from env");
  EXPECT_EQ(*of("file:" + dir.path("s")).value(), "from file");
  EXPECT_EQ(*of("command:echo from; echo command").value(), "from\ncommand");
  EXPECT_EQ(*of("").value(), "");
  EXPECT_FALSE(of("").is_set());
  EXPECT_TRUE(of("plain").is_text());
  EXPECT_FALSE(of("env:X").is_text());
}

TEST(Secret, IsReadAgainWhenItsFileChanged) {
  const support::scratch_dir dir;
  const auto path = dir.path("s");
  ASSERT_TRUE(replace_file(path, "one"));
  auto file = of("file:" + path);
  EXPECT_EQ(*file.value(), "one");
  ASSERT_TRUE(replace_file(path, "two"));
  EXPECT_EQ(*file.value(), "two");
  std::remove(path.c_str());
  EXPECT_EQ(file.value().err().code, error_code::not_found) << "not the old one";
}

TEST(Secret, NamesThePlaceAndNeverTheValueInErrors) {
  EXPECT_EQ(secret::of("env:").err().code, error_code::invalid_argument);
  EXPECT_THAT(of("env:NO_SUCH_VARIABLE").value().err().message, HasSubstr("NO_SUCH_VARIABLE"));
  EXPECT_THAT(of("file:/no/such").value().err().message, HasSubstr("/no/such"));
  EXPECT_EQ(of("command:true").value().err().code, error_code::invalid_argument) << "empty";
  const auto failed = of("command:echo hunter2; exit 3").value();
  EXPECT_EQ(failed.err().code, error_code::failed_precondition);
  EXPECT_THAT(failed.err().message, Not(HasSubstr("hunter2")));
  EXPECT_THAT(failed.err().message, HasSubstr("status 3"));
  EXPECT_EQ(of("hunter2").shown(), "(text)");
  EXPECT_EQ(of("command:pass hunter2").shown(), "command:…");
}

TEST(CommandOutput, EndsWhateverDoesNotEndByItself) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(output_of_command("sleep 60 & sleep 60", 100ms, 100).err().code, error_code::timeout);
  EXPECT_EQ(output_of_command("exec >&-; sleep 60", 100ms, 100).err().code, error_code::timeout);
  EXPECT_EQ(output_of_command("yes", 10s, 100'000).err().code, error_code::resource_exhausted);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

} // namespace
} // namespace cxstream::security
