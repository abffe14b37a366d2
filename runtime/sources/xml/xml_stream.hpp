// Records of an XML file of any size: the elements that a path names, one after another. Owned by one thread; memory is
// that of one piece of the file and of a record.
//
// Invariants:
//  1. A record is the element with all that is in it. Of what is around it there are the elements that are open, with
//     their attributes (../@id), and nothing else; a named element within a record is no record of its own.
//  2. In an event log a <trace> stands in each event as its first child, with what its trace said of itself before it.
#pragma once

#include "sources/input/byte_input.hpp"
#include "sources/record_stream.hpp"
#include "sources/xml/element_path.hpp"
#include "sources/xml/xml_source.hpp"

namespace cxstream::sources {

// An element with all that is in it, as text.
inline constexpr std::size_t xml_record_bytes_max = 4u << 20u;

class xml_stream final : public record_stream {
public:
  // Errors: io, malformed.
  static base::result<std::unique_ptr<xml_stream>> open(byte_input input, const std::vector<std::string>& selectors,
                                                        element_path records, xml_source::records_of what);
  ~xml_stream() override;

  // Errors: io; malformed, with line and column.
  base::result<bool> next(found_record& out) override;
  std::uint64_t position() const override {
    return input_.position();
  }
  std::uint64_t size() const override {
    return input_.size();
  }

private:
  class builder;
  class xml_record;
  xml_stream(byte_input input, const std::vector<std::string>& selectors, element_path records,
             xml_source::records_of what);
  base::result<bool> read_more();

  byte_input input_;
  std::unique_ptr<builder> builder_;
  std::unique_ptr<xml_record> record_;
  std::uint64_t number_ = 0;
  std::string_view rest_; // of the piece of input_ that was read last
  bool at_end_ = false;
};

} // namespace cxstream::sources
