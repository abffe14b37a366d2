#include "sources/files/whole_document.hpp"

namespace cxstream::sources {

base::result<std::unique_ptr<whole_document>>
whole_document::open(byte_input input, std::unique_ptr<record_source> records, const std::string& why) {
  std::unique_ptr<whole_document> out(new whole_document(std::move(input), std::move(records)));
  while (true) {
    const auto piece = out->input_.read();
    if (!piece)
      return piece.err();
    if (piece->empty())
      break;
    out->text_ += *piece;
    if (out->text_.size() > whole_document_bytes_max)
      return base::error{base::error_code::invalid_argument,
                         "the file is longer than " + std::to_string(whole_document_bytes_max >> 20u) +
                             " MiB and would have to be read whole, because " + why};
  }
  if (auto opened = out->records_->open(out->text_, {}); !opened)
    return opened.err();
  return out;
}

base::result<bool> whole_document::next(found_record& out) {
  out.clear();
  record_or_fault found;
  if (!records_->next(found))
    return false;
  out.values = found.values;
  out.fault = std::move(found.fault);
  out.raw = std::move(found.raw);
  out.number = ++number_;
  out.line = found.line;
  return true;
}

} // namespace cxstream::sources
