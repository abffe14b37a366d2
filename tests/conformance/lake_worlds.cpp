// A lake in a folder, and one in a bucket of S3. What is delivered is durable in the folder where events gather; parts
// are published later. So what they hold is what was published and what still gathers; and it is the folder's disk that
// can be away: here it takes no more bytes. That a store which cannot be reached stops the sink once too much waits for
// it is tried in unit/connectors/lake: no request to it belongs to one call's events.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "conformance/json_lines.hpp"
#include "support/scratch_dir.hpp"
#include "support/vendors/s3_bucket.hpp"

#include <csignal>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/resource.h>

namespace cxstream::conformance {

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every write of this process to a file fails, as on a disk that is full, as long as it lives.
class full_disk {
public:
  full_disk() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto none = before_;
    none.rlim_cur = 0;
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

private:
  rlimit before_{};
};

class gathering_world : public configured_world {
public:
  explicit gathering_world(std::string kind) {
    sink_.name = "lake";
    sink_.kind = std::move(kind);
    sink_.settings = {{"compression", "none"}, {"rotate_bytes", "4KiB"}};
  }
  std::vector<held_event> held() override {
    auto parts = published();
    for (const auto& file : fs::directory_iterator(staging()))
      if (file.path().extension() == ".ndjson")
        parts.try_emplace(file.path().filename().string(), bytes_of(file.path())); // a part published is the same
    std::vector<held_event> out;
    for (const auto& [name, bytes] : parts)
      add_lines(bytes, out);
    return out;
  }
  bool begin(const trouble& t) override {
    if (t.kind != trouble_kind::away)
      return false;
    full_.emplace();
    return true;
  }
  void end() override {
    full_.reset();
  }
  std::string cannot(trouble_kind) const override {
    return "events gather in a folder, which takes what it is given, or nothing; the store behind it hears of them "
           "later";
  }

protected:
  // By the name of the segment that it was.
  virtual std::map<std::string, std::string> published() = 0;
  virtual std::string staging() const = 0;

  support::scratch_dir folder_;

private:
  std::optional<full_disk> full_;
};

class lake_world final : public gathering_world {
public:
  lake_world() : gathering_world("lake") {
    sink_.settings["path"] = folder_.path("lake");
  }

private:
  std::map<std::string, std::string> published() override {
    std::map<std::string, std::string> out;
    if (fs::exists(folder_.path("lake/data")))
      for (const auto& file : fs::directory_iterator(folder_.path("lake/data")))
        if (file.path().extension() == ".ndjson")
          out[file.path().filename().string()] = bytes_of(file.path());
    return out;
  }
  std::string staging() const override {
    return folder_.path("lake/staging");
  }
};

class s3_world final : public gathering_world {
public:
  s3_world() : gathering_world("s3") {
    const std::map<std::string, std::string> more{{"endpoint", bucket_.url()},
                                                  {"bucket", "events"},
                                                  {"region", support::s3_bucket::region},
                                                  {"access_key", support::s3_bucket::access_key},
                                                  {"secret_key", support::s3_bucket::secret_key},
                                                  {"allow_private", "true"},
                                                  {"timeout", "300ms"},
                                                  {"staging", folder_.path("staging")}};
    sink_.settings.insert(more.begin(), more.end());
  }
  std::vector<std::string> secrets() const override {
    return {support::s3_bucket::secret_key};
  }

private:
  std::map<std::string, std::string> published() override {
    std::map<std::string, std::string> out;
    for (const auto& [name, bytes] : bucket_.objects())
      if (name.starts_with("/events/data/"))
        out[fs::path(name).filename().string()] = bytes;
    return out;
  }
  std::string staging() const override {
    return folder_.path("staging");
  }

  support::s3_bucket bucket_;
};

INSTANTIATE_TEST_SUITE_P(lake, ConnectorConformance, every_requirement<lake_world>(), name_of_requirement);
INSTANTIATE_TEST_SUITE_P(s3, ConnectorConformance, every_requirement<s3_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
