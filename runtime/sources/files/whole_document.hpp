// Records of a file that is read whole, because its mapping asks for what only a whole document can answer. Owned by
// one thread; memory is a few times the file, which is bounded.
#pragma once

#include "sources/input/byte_input.hpp"
#include "sources/record_stream.hpp"

namespace cxstream::sources {

inline constexpr std::size_t whole_document_bytes_max = 32u << 20u;

class whole_document final : public record_stream {
public:
  // `why` completes "the file is read whole, because …". Errors: io, malformed, invalid_argument (the file is too
  // long).
  static base::result<std::unique_ptr<whole_document>> open(byte_input input, std::unique_ptr<record_source> records,
                                                            const std::string& why);

  base::result<bool> next(found_record& out) override;
  std::uint64_t position() const override {
    return input_.position();
  }
  std::uint64_t size() const override {
    return input_.size();
  }

private:
  whole_document(byte_input input, std::unique_ptr<record_source> records)
      : input_(std::move(input)), records_(std::move(records)) {
  }

  byte_input input_;
  std::string text_;
  std::unique_ptr<record_source> records_;
  std::uint64_t number_ = 0;
};

} // namespace cxstream::sources
