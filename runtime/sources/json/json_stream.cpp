#include "sources/json/json_stream.hpp"

namespace cxstream::sources {

json_stream::json_stream(byte_input input, json_element_reader::path to_records, const json_selectors* selectors)
    : elements_(std::move(input), std::move(to_records)) {
  if (selectors != nullptr)
    records_ = std::make_unique<json_source>(*selectors, std::nullopt, json_source::layout::record);
}

base::result<bool> json_stream::next(found_record& out) {
  out.clear();
  const auto more = elements_.next(element_);
  if (!more || !*more)
    return more;
  out.number = ++number_;
  out.line = element_.line;
  out.column = element_.column;
  if (element_.is_too_long) {
    out.fault = {base::error_code::malformed,
                 "the record is longer than " + std::to_string(json_record_bytes_max >> 20u) + " MiB"};
    out.raw = element_.text;
    return true;
  }
  if (!records_) {
    text_.text.swap(element_.text);
    out.values = &text_;
    return true;
  }
  record_or_fault found;
  if (const auto opened = records_->open(element_.text, {}); !opened) {
    out.fault = opened.err();
    out.raw = element_.text;
  } else if (records_->next(found)) {
    out.values = found.values;
  }
  return true;
}

json_line_stream::json_line_stream(byte_input input, std::optional<selector_slot> each, const json_selectors* selectors)
    : lines_(std::move(input)) {
  if (selectors != nullptr)
    records_ = std::make_unique<json_source>(*selectors, each, json_source::layout::lines);
}

base::result<bool> json_line_stream::next(found_record& out) {
  out.clear();
  while (!next_of_line(out)) {
    const auto more = lines_.next(line_);
    if (!more || !*more)
      return more;
    const auto opened = line_.bad  ? base::result<void>(*line_.bad)
                        : records_ ? records_->open(line_.raw, {})
                                   : base::result<void>();
    if (opened && records_)
      continue;
    text_.text.swap(line_.raw);
    if (opened) {
      out.values = &text_;
    } else {
      out.fault = opened.err();
      out.raw = text_.text;
    }
    break;
  }
  out.number = line_.number;
  out.line = line_.line;
  return true;
}

// The next record of the current line; false when there is none.
bool json_line_stream::next_of_line(found_record& out) {
  record_or_fault found;
  if (!records_ || line_.number == 0 || !records_->next(found))
    return false;
  out.values = found.values;
  out.fault = std::move(found.fault);
  out.raw = std::move(found.raw);
  return true;
}

} // namespace cxstream::sources
