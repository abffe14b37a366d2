#include "config/load.hpp"

#include <gmock/gmock.h>

namespace cxstream::config {
namespace {

using testing::HasSubstr;

base::result<node_config> parse(const std::string& imports) {
  return parse_config("imports: " + imports, "node.yaml", nullptr);
}

std::string problems_of(const std::string& imports) {
  const auto loaded = parse(imports);
  return loaded ? "none" : loaded.err().message;
}

TEST(LoadImports, AllowsNoPathAndBoundsAllByDefault) {
  const auto loaded = parse("{}");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_TRUE(loaded->imports.folders.empty());
  EXPECT_GT(loaded->imports.free_bytes_min, 0u);
  EXPECT_GT(loaded->imports.rows_per_second, 0);
}

TEST(LoadImports, ReadsEverySetting) {
  const auto loaded = parse("{folders: [/srv/a, /srv/b], mappings: m, upload_bytes_max: 2GiB, free_bytes_min: 0B, "
                            "uploads_max: 2, jobs_at_once: 3, rate: 120000/m, refused_rows_max: 7, keep: 2d}");
  ASSERT_TRUE(loaded) << loaded.err().message;
  const auto& imports = loaded->imports;
  EXPECT_EQ(imports.folders, (std::vector<std::string>{"/srv/a", "/srv/b"}));
  EXPECT_EQ(imports.mappings, "m");
  EXPECT_EQ(imports.upload_bytes_max, std::uint64_t{2} << 30u);
  EXPECT_EQ(imports.free_bytes_min, 0u);
  EXPECT_EQ(imports.uploads_max, 2u);
  EXPECT_EQ(imports.jobs_at_once, 3u);
  EXPECT_EQ(imports.rows_per_second, 2'000);
  EXPECT_EQ(imports.refused_rows_max, 7u);
  EXPECT_EQ(imports.keep, std::chrono::hours{48});
}

TEST(LoadImports, NamesWhatIsWrongWithItsLine) {
  EXPECT_THAT(problems_of("{folders: [exports]}"), HasSubstr("node.yaml:1: imports.folders cannot have \"exports\""));
  EXPECT_THAT(problems_of("{jobs_at_once: 0}"), HasSubstr("imports.jobs_at_once"));
  EXPECT_THAT(problems_of("{rate: fast}"), HasSubstr("imports.rate"));
  EXPECT_THAT(problems_of("{folder: /srv}"), HasSubstr("folder"));
}

} // namespace
} // namespace cxstream::config
