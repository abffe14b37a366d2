// Dead letters by cause: what is the same in the messages of many.
#include "protocols/dead_letters.hpp"

#include "model/revision.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

namespace cxstream::protocols {

namespace {

constexpr std::size_t cause_bytes_max = 200;
constexpr std::size_t groups_max = 1'000;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

// Reads a message once, from left to right.
class cause_writer {
public:
  explicit cause_writer(std::string_view message) : left_(message) {
  }

  std::string write() {
    while (!left_.empty() && out_.size() < cause_bytes_max) {
      if (left_.front() == '"' || left_.front() == '`' || (left_.front() == '\'' && !after_word()))
        quoted();
      else if (is_word(left_.front()))
        word();
      else
        keep(1);
    }
    if (out_.size() > cause_bytes_max)
      out_.resize(cause_bytes_max);
    return std::move(out_);
  }

private:
  bool after_word() const {
    return !out_.empty() && is_word(out_.back());
  }
  void keep(std::size_t bytes) {
    out_ += left_.substr(0, bytes);
    left_.remove_prefix(bytes);
  }
  void replace(std::size_t bytes, std::string_view by) {
    if (!out_.ends_with(by) || by != "#")
      out_ += by;
    left_.remove_prefix(bytes);
  }

  void quoted() {
    const auto end = left_.find(left_.front(), 1);
    if (end == std::string_view::npos)
      keep(1);
    else
      replace(end + 1, "…");
  }

  void word() {
    if (left_.starts_with("http://") || left_.starts_with("https://"))
      return url();
    std::size_t length = 0;
    while (length < left_.size() && (is_word(left_[length]) || (left_[length] == '_' && length > 0)))
      ++length;
    const auto text = left_.substr(0, length);
    const bool has_digit = std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (has_digit && !is_status(text)) {
      replace(length, "#");
      return;
    }
    last_ = text;
    keep(length);
  }

  // 503 of "HTTP 503" tells one cause from another.
  bool is_status(std::string_view text) const {
    return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           (last_ == "HTTP" || last_ == "status" || last_ == "answered");
  }

  void url() {
    const auto host = left_.find("://") + 3;
    const auto end = std::min(left_.find_first_of("/?# \t\"')", host), left_.size());
    keep(end);
    if (left_.empty() || left_.front() == ' ')
      return;
    replace(std::min(left_.find_first_of(" \t\"')"), left_.size()), "/…");
  }

  std::string_view left_;
  std::string_view last_; // word before
  std::string out_;
};

using group_key = std::tuple<int, int, std::string, std::string, std::string, std::string>;

void add(const v1::DeadLetter& letter, v1::DeadLetterGroup& group) {
  group.set_count(group.count() + 1);
  group.set_bytes(group.bytes() + letter.payload().size());
  const auto at = model::to_us(letter.dead_at());
  if (!group.has_first_at() || at < model::to_us(group.first_at()))
    *group.mutable_first_at() = letter.dead_at();
  if (!group.has_last_at() || at >= model::to_us(group.last_at())) {
    *group.mutable_last_at() = letter.dead_at();
    group.set_example_id(letter.id());
    group.set_example_message(letter.message());
  }
}

} // namespace

std::string cause_of(std::string_view message) {
  return cause_writer(message).write();
}

base::result<v1::GroupDeadLettersResponse> group_letters(const ports::store& store,
                                                         const v1::DeadLetterSelector& selector) {
  std::map<group_key, v1::DeadLetterGroup> groups;
  v1::GroupDeadLettersResponse out;
  const auto visit = [&](std::string_view, std::string_view value) {
    v1::DeadLetter letter;
    if (!letter.ParseFromArray(value.data(), static_cast<int>(value.size())) || !selected(selector, letter))
      return true;
    const auto what = class_of(letter);
    group_key key{what, letter.stage(), letter.sink(), letter.source(), letter.reason(), cause_of(letter.message())};
    if (groups.size() >= groups_max && !groups.contains(key)) {
      out.set_others(out.others() + 1);
      return true;
    }
    auto& group = groups[key];
    group.set_cause_class(what);
    group.set_stage(letter.stage());
    group.set_sink(letter.sink());
    group.set_source(letter.source());
    group.set_reason(letter.reason());
    group.set_cause(std::get<5>(key));
    add(letter, group);
    return true;
  };
  if (auto scanned = store.scan(ports::family::dead_letters, {}, {}, visit); !scanned)
    return scanned.err();
  for (auto& [key, group] : groups)
    *out.add_groups() = std::move(group);
  std::stable_sort(out.mutable_groups()->begin(), out.mutable_groups()->end(),
                   [](const auto& a, const auto& b) { return a.count() > b.count(); });
  return out;
}

} // namespace cxstream::protocols
