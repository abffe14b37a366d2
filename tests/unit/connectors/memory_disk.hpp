// A disk in memory for the file sink's tests: it can refuse the Nth call, write half of what it is given, and forget at
// a power loss whatever was not synced.
#pragma once

#include "connectors/file/file_ops.hpp"

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace cxstream::connectors_test {

class memory_disk : public connectors::file_ops {
public:
  struct content {
    std::string now;
    std::string durable;
  };

  // The call with this number (from 1) and `failures - 1` after it fail.
  void fail_from(std::uint64_t call, std::uint64_t failures) {
    fail_from_ = calls_ + call;
    fail_to_ = fail_from_ + failures;
  }
  void heal() {
    fail_from_ = fail_to_ = 0;
  }
  bool failed() const {
    return failed_;
  }
  std::uint64_t calls() const {
    return calls_;
  }
  // Everything not synced is lost, or a part of it: a torn tail may stay.
  void power_loss(std::mt19937& random) {
    names_ = durable_names_;
    for (auto& [name, file] : names_) {
      auto& f = *file;
      if (f.now.starts_with(f.durable))
        f.now.resize(f.durable.size() + random() % (f.now.size() - f.durable.size() + 1));
      else
        f.now = f.durable;
      f.durable = f.now;
    }
    locked_ = false;
  }
  // A killed process loses nothing but its lock.
  void process_killed() {
    locked_ = false;
  }
  std::string text(const std::string& path) const {
    const auto it = names_.find(path);
    return it == names_.end() ? std::string() : it->second->now;
  }
  void set_text(const std::string& path, std::string text) {
    auto& file = names_[path];
    file = std::make_shared<content>(content{text, text});
    durable_names_[path] = file;
  }
  const std::map<std::string, std::shared_ptr<content>>& files() const {
    return names_;
  }

  base::result<void> make_directory(const std::string&) override {
    return {};
  }
  base::result<std::unique_ptr<connectors::open_file>> open(const std::string& path) override {
    if (auto refused = count())
      return *refused;
    auto& file = names_[path];
    if (!file)
      file = std::make_shared<content>();
    return std::unique_ptr<connectors::open_file>(std::make_unique<handle>(*this, file));
  }
  base::result<std::string> read(const std::string& path) override {
    if (auto refused = count())
      return *refused;
    const auto it = names_.find(path);
    if (it == names_.end())
      return base::error{base::error_code::not_found, path};
    return it->second->now;
  }
  base::result<void> rename(const std::string& from, const std::string& to) override {
    if (auto refused = count())
      return *refused;
    names_[to] = names_[from];
    names_.erase(from);
    return {};
  }
  base::result<void> sync_directory(const std::string&) override {
    if (auto refused = count())
      return *refused;
    durable_names_ = names_;
    return {};
  }
  base::result<std::unique_ptr<connectors::open_file>> lock(const std::string&) override {
    if (locked_)
      return base::error{base::error_code::unavailable, "locked"};
    locked_ = true;
    return std::unique_ptr<connectors::open_file>(std::make_unique<lock_handle>(*this));
  }

private:
  class handle : public connectors::open_file {
  public:
    handle(memory_disk& disk, std::shared_ptr<content> file) : disk_(disk), file_(std::move(file)) {
    }
    base::result<void> append(std::string_view bytes) override {
      if (auto refused = disk_.count()) {
        file_->now.append(bytes.substr(0, bytes.size() / 2));
        return *refused;
      }
      file_->now.append(bytes);
      return {};
    }
    base::result<void> sync() override {
      if (auto refused = disk_.count())
        return *refused;
      file_->durable = file_->now;
      return {};
    }
    base::result<void> truncate(std::uint64_t length) override {
      if (auto refused = disk_.count())
        return *refused;
      file_->now.resize(length);
      return {};
    }
    base::result<std::uint64_t> size() const override {
      if (auto refused = disk_.count())
        return *refused;
      return file_->now.size();
    }

  private:
    memory_disk& disk_;
    std::shared_ptr<content> file_;
  };
  class lock_handle : public connectors::open_file {
  public:
    explicit lock_handle(memory_disk& disk) : disk_(disk) {
    }
    ~lock_handle() override {
      disk_.locked_ = false;
    }
    base::result<void> append(std::string_view) override {
      return {};
    }
    base::result<void> sync() override {
      return {};
    }
    base::result<void> truncate(std::uint64_t) override {
      return {};
    }
    base::result<std::uint64_t> size() const override {
      return std::uint64_t{0};
    }

  private:
    memory_disk& disk_;
  };

  std::optional<base::error> count() {
    ++calls_;
    if (calls_ < fail_from_ || calls_ >= fail_to_)
      return std::nullopt;
    failed_ = true;
    return base::error{base::error_code::resource_exhausted, "the disk is full"};
  }

  std::map<std::string, std::shared_ptr<content>> names_;
  std::map<std::string, std::shared_ptr<content>> durable_names_;
  std::uint64_t calls_ = 0;
  std::uint64_t fail_from_ = 0;
  std::uint64_t fail_to_ = 0;
  bool failed_ = false;
  bool locked_ = false;
};

} // namespace cxstream::connectors_test
