#include "security/tls/tls_files.hpp"

#include "certificate_maker.hpp"
#include "key_maker.hpp"
#include "support/scratch_dir.hpp"

#include <filesystem>
#include <gmock/gmock.h>

namespace cxstream::security {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

class TlsFiles : public testing::Test {
protected:
  void SetUp() override {
    put_file(files_.certificate, desk_.certificate_pem);
    put_file(files_.key, desk_.key_pem);
    put_file(files_.client_ca, other_.certificate_pem + desk_.certificate_pem);
  }
  std::string problem(base::timestamp now = some_day) const {
    const auto loaded = load_tls(files_, now);
    return loaded ? "loaded" : loaded.err().message;
  }

  support::scratch_dir dir_;
  tls_settings files_{dir_.path("tls.crt"), dir_.path("tls.key"), dir_.path("ca.crt")};
  test_identity desk_ = identity_of("desk", some_day - hours(1), some_day + hours(1));
  test_identity other_ = identity_of("other", some_day - hours(1), some_day + hours(1));
};

TEST_F(TlsFiles, AreLoadedWithWhatTheySayAboutThemselves) {
  const auto loaded = load_tls(files_, some_day);
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(loaded->certificate_pem, desk_.certificate_pem);
  EXPECT_EQ(loaded->key_pem, desk_.key_pem);
  EXPECT_EQ(loaded->client_ca_pem, other_.certificate_pem + desk_.certificate_pem);
  EXPECT_EQ(loaded->subject, "CN=desk");
  EXPECT_EQ(loaded->expires, some_day + hours(1));
  files_.client_ca.clear();
  EXPECT_EQ(load_tls(files_, some_day)->client_ca_pem, "");
}

TEST_F(TlsFiles, AreRefusedByNameWhenTheyAreMissingOrSomethingElse) {
  for (auto* path : {&files_.certificate, &files_.key, &files_.client_ca}) {
    const auto text = file_text(*path);
    put_file(*path, "not a PEM file");
    EXPECT_THAT(problem(), HasSubstr(*path + " holds no"));
    std::filesystem::remove(*path);
    EXPECT_THAT(problem(), HasSubstr(*path));
    put_file(*path, text);
  }
  files_.key.clear();
  EXPECT_THAT(problem(), HasSubstr("needs a key"));
}

TEST_F(TlsFiles, AreRefusedWhenACertificateBehindTheFirstIsDamaged) {
  auto damaged = other_.certificate_pem;
  damaged[damaged.size() / 2] = '!';
  put_file(files_.certificate, desk_.certificate_pem + damaged);
  EXPECT_THAT(problem(), HasSubstr("damaged"));
  put_file(files_.certificate, desk_.certificate_pem + "a note behind it\n");
  EXPECT_EQ(problem(), "loaded");
}

TEST_F(TlsFiles, AreRefusedWhenTheKeyIsAnothersOrEncrypted) {
  put_file(files_.key, other_.key_pem);
  EXPECT_THAT(problem(), HasSubstr("is not the key of the certificate"));
  put_file(files_.key, desk_.encrypted_key_pem);
  EXPECT_THAT(problem(), HasSubstr("is encrypted"));
}

TEST_F(TlsFiles, AreRefusedWhenTheyAreNotValidNow) {
  EXPECT_EQ(problem(some_day + hours(1)), "loaded");
  EXPECT_THAT(problem(some_day + hours(1) + seconds(1)), HasSubstr("has expired"));
  EXPECT_THAT(problem(some_day - hours(1) - seconds(1)), HasSubstr("not valid yet"));
}

TEST_F(TlsFiles, AreTakenOverWhenBothWereRenewed) {
  tls_watch watch(files_, some_day);
  ASSERT_TRUE(load_tls(files_, some_day));
  const auto unchanged = watch.look(some_day + seconds(1));
  ASSERT_TRUE(unchanged);
  EXPECT_FALSE(*unchanged);

  put_file(files_.certificate, other_.certificate_pem);
  const auto too_soon = watch.look(some_day + seconds(1));
  EXPECT_TRUE(too_soon && !*too_soon) << "one look a second";
  const auto half = watch.look(some_day + seconds(2));
  ASSERT_FALSE(half) << "the key is still the old one";
  EXPECT_THAT(half.err().message, HasSubstr("is not the key"));
  EXPECT_TRUE(watch.look(some_day + seconds(3))) << "told once";

  put_file(files_.key, other_.key_pem);
  const auto renewed = watch.look(some_day + seconds(4));
  ASSERT_TRUE(renewed) << renewed.err().message;
  ASSERT_TRUE(*renewed);
  EXPECT_EQ((*renewed)->subject, "CN=other");
  const auto after = watch.look(some_day + seconds(5));
  EXPECT_TRUE(after && !*after);
}

} // namespace
} // namespace cxstream::security
