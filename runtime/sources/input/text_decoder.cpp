#include "sources/input/text_decoder.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <utility>

namespace cxstream::sources {

namespace {

constexpr char not_utf8 = '\xFF';
const auto no_converter = reinterpret_cast<iconv_t>(-1);

std::string folded(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name;
}

bool is_utf8(const std::string& name) {
  const auto upper = folded(name);
  return upper.empty() || upper == "UTF-8" || upper == "UTF8";
}

} // namespace

base::result<void> check_encoding(const std::string& name) {
  auto* converter = iconv_open("UTF-8", name.c_str());
  if (converter == no_converter)
    return base::error{base::error_code::invalid_argument,
                       "encoding '" + name +
                           "' is unknown; for example utf-8, windows-1252, iso-8859-1, utf-16le, "
                           "shift_jis (iconv -l lists them)"};
  iconv_close(converter);
  return {};
}

text_decoder::~text_decoder() {
  if (converter_ != nullptr)
    iconv_close(converter_);
}

text_decoder::text_decoder(text_decoder&& other) noexcept
    : encoding_(std::move(other.encoding_)), converter_(std::exchange(other.converter_, nullptr)),
      unit_bytes_(other.unit_bytes_), left_over_(std::move(other.left_over_)), out_(std::move(other.out_)) {
}

text_decoder& text_decoder::operator=(text_decoder&& other) noexcept {
  std::swap(encoding_, other.encoding_);
  std::swap(converter_, other.converter_);
  std::swap(unit_bytes_, other.unit_bytes_);
  std::swap(left_over_, other.left_over_);
  std::swap(out_, other.out_);
  return *this;
}

std::size_t text_decoder::begin(std::string_view first) {
  struct mark {
    std::string_view bytes;
    const char* encoding;
  };
  using std::string_view_literals::operator""sv;
  constexpr std::array<mark, 3> marks = {
      {{"\xEF\xBB\xBF"sv, ""}, {"\xFF\xFE"sv, "UTF-16LE"}, {"\xFE\xFF"sv, "UTF-16BE"}}};
  std::size_t skip = 0;
  for (const auto& one : marks) {
    if (!first.starts_with(one.bytes))
      continue;
    encoding_ = one.encoding;
    skip = one.bytes.size();
  }
  if (is_utf8(encoding_))
    return skip;
  auto* converter = iconv_open("UTF-8", encoding_.c_str());
  converter_ = converter == no_converter ? nullptr : converter; // the mapping was checked for it
  const auto upper = folded(encoding_);
  unit_bytes_ = upper.starts_with("UTF-16") || upper.starts_with("UCS-2") ? 2 : upper.starts_with("UTF-32") ? 4 : 1;
  return skip;
}

void text_decoder::convert_all(const char*& from, std::size_t& size) {
  std::array<char, 4096> buffer;
  while (size > 0) {
    auto* in = const_cast<char*>(from); // iconv's type; it only reads
    auto* to = buffer.data();
    auto room = buffer.size();
    const auto done = iconv(converter_, &in, &size, &to, &room);
    const auto why = errno;
    from = in;
    out_.append(buffer.data(), buffer.size() - room);
    if (done != static_cast<std::size_t>(-1) || why == E2BIG)
      continue;
    if (why == EINVAL)
      return; // the beginning of a character
    out_.push_back(unit_bytes_ == 1 && static_cast<unsigned char>(*from) >= 0x80 ? *from : not_utf8);
    const auto skipped = std::min(unit_bytes_, size);
    from += skipped;
    size -= skipped;
  }
}

std::string_view text_decoder::convert(std::string_view piece) {
  if (!is_converting())
    return piece;
  out_.clear();
  const auto joined = std::move(left_over_) + std::string(piece);
  const auto* from = joined.data();
  auto size = joined.size();
  convert_all(from, size);
  left_over_.assign(from, size);
  return out_;
}

std::string_view text_decoder::finish() {
  out_.clear();
  if (!left_over_.empty())
    out_.push_back(not_utf8);
  left_over_.clear();
  return out_;
}

} // namespace cxstream::sources
