#include "security/api_keys/key_ring.hpp"

#include "key_maker.hpp"
#include "support/scratch_dir.hpp"

#include <atomic>
#include <filesystem>
#include <gmock/gmock.h>
#include <thread>

namespace cxstream::security {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Counts lines of a level.
class counting_log final : public ports::log {
public:
  bool enabled(ports::log_level) const override {
    return true;
  }
  void write(ports::log_level level, std::string_view, fields) override {
    errors += level == ports::log_level::error ? 1 : 0;
    infos += level == ports::log_level::info ? 1 : 0;
  }
  void write_sparsely(ports::log_level level, std::string_view, std::chrono::seconds, std::string_view message,
                      fields with) override {
    write(level, message, with);
  }
  int errors = 0;
  int infos = 0;
};

class KeyRing : public testing::Test {
protected:
  void SetUp() override {
    first_ = *create_key(path_, "first", {scope_of("read")}, {}, some_day);
    auto opened = key_ring::open(path_, log_, now_);
    ASSERT_TRUE(opened) << opened.err().message;
    ring_ = std::move(*opened);
  }
  bool allows(const new_key& key, milliseconds later = key_ring::look_every) {
    now_ += later;
    return static_cast<bool>(ring_->check(key.text, scope_of("read"), now_));
  }

  support::scratch_dir dir_;
  const std::string path_ = dir_.path("keys.json");
  counting_log log_;
  base::timestamp now_ = some_day;
  new_key first_;
  std::unique_ptr<key_ring> ring_;
};

TEST_F(KeyRing, FollowsItsFileWithoutBeingTold) {
  EXPECT_TRUE(allows(first_));
  const auto second = *create_key(path_, "second", {scope_of("read")}, {}, some_day);
  EXPECT_TRUE(allows(second));
  ASSERT_TRUE(revoke_key(path_, first_.key.id, some_day));
  EXPECT_FALSE(allows(first_));
  EXPECT_TRUE(allows(second));
  EXPECT_EQ(log_.infos, 2);
  EXPECT_EQ(log_.errors, 0);
}

TEST_F(KeyRing, LooksAtItsFileOnceInASpanOfTime) {
  EXPECT_TRUE(allows(first_));
  ASSERT_TRUE(revoke_key(path_, first_.key.id, some_day));
  EXPECT_TRUE(allows(first_, milliseconds(199)));
  EXPECT_FALSE(allows(first_, milliseconds(1)));
}

TEST_F(KeyRing, LooksAtItsFileAlsoWhenTheClockWasTurnedBack) {
  ASSERT_TRUE(revoke_key(path_, first_.key.id, some_day));
  EXPECT_FALSE(allows(first_, -std::chrono::hours(24)));
}

TEST_F(KeyRing, KeepsTheLastGoodKeysWhileItsFileIsBroken) {
  const auto good = file_text(path_);
  put_file(path_, good.substr(0, good.size() / 2));
  EXPECT_TRUE(allows(first_));
  ASSERT_TRUE(ring_->problem());
  EXPECT_THAT(ring_->problem()->message, HasSubstr(path_));
  EXPECT_TRUE(allows(first_));
  EXPECT_EQ(log_.errors, 1) << "once, not at every look";
  put_file(path_, good);
  EXPECT_TRUE(allows(first_));
  EXPECT_FALSE(ring_->problem());
}

TEST_F(KeyRing, KeepsTheLastGoodKeysWhileItsFileIsGone) {
  std::filesystem::rename(path_, path_ + ".away");
  EXPECT_TRUE(allows(first_));
  EXPECT_TRUE(allows(first_));
  ASSERT_TRUE(ring_->problem());
  EXPECT_EQ(ring_->problem()->code, base::error_code::not_found);
  EXPECT_EQ(log_.errors, 1);
  std::filesystem::rename(path_ + ".away", path_);
  EXPECT_TRUE(allows(first_));
  EXPECT_FALSE(ring_->problem());
}

TEST_F(KeyRing, DoesNotBeginWithoutAGoodFile) {
  const auto none = key_ring::open(dir_.path("none.json"), log_, now_);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.err().message, HasSubstr("cxstream key create"));
  put_file(path_, "{}");
  EXPECT_FALSE(key_ring::open(path_, log_, now_));
}

TEST_F(KeyRing, IsAskedByManyThreadsWhileItsFileChanges) {
  std::atomic<int> allowed = 0, asked = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> askers;
  for (int t = 0; t < 3; ++t)
    askers.emplace_back([&, t] {
      for (int i = 0; !done || i < 100; ++i, ++asked)
        allowed += ring_->check(first_.text, scope_of("read"), some_day + milliseconds(200 * (i * 3 + t))) ? 1 : 0;
    });
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(create_key(path_, "more", {scope_of("read")}, {}, some_day));
  done = true;
  for (auto& asker : askers)
    asker.join();
  EXPECT_EQ(allowed, asked);
  EXPECT_TRUE(allows(first_, std::chrono::hours(24 * 365)));
  EXPECT_EQ(ring_->size(), 11u);
}

} // namespace
} // namespace cxstream::security
