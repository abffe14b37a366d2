#include "connectors/warehouse/row_text.hpp"

#include <openssl/sha.h>

#include <array>
#include <bit>

namespace cxstream::connectors {

namespace {

constexpr char item_end = 29;
constexpr char nothing = 30;
constexpr char between = 31;

std::string bits_of(double value) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4)
    out += digits[bits >> static_cast<unsigned>(shift) & 0xfU];
  return out;
}

} // namespace

void row_text::next() {
  if (!first_)
    out_ += between;
  first_ = false;
}

void row_text::absent() {
  next();
  out_ += nothing;
}

void row_text::text(std::string_view value) {
  next();
  out_ += value;
}

void row_text::whole(std::int64_t value) {
  next();
  out_ += std::to_string(value);
}

void row_text::fraction(double value) {
  next();
  out_ += bits_of(value);
}

std::int64_t row_text::hash() const {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(out_.data()), out_.size(), digest.data());
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i)
    out = out << 8U | digest[i];
  return static_cast<std::int64_t>(out);
}

std::string list_item(std::string_view value) {
  return std::string(value) + item_end;
}

std::string metric_item(std::string_view name, double value) {
  return std::string(name) + "=" + bits_of(value) + item_end;
}

} // namespace cxstream::connectors
