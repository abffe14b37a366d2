#include "sources/csv/csv_reader.hpp"

#include "sources/csv/record_parser.hpp"
#include "sources/digest.hpp"

#include <google/protobuf/stubs/common.h>
#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <set>

namespace cxstream::sources {

namespace {

// Cell of a wanted column: by name, or "#3"; npos when there is none.
std::size_t find_column(const std::vector<std::string>& columns, const std::string& wanted) {
  const auto named = std::find(columns.begin(), columns.end(), wanted);
  if (named != columns.end())
    return static_cast<std::size_t>(named - columns.begin());
  if (!wanted.starts_with('#'))
    return std::string::npos;
  std::size_t number = 0;
  const auto* end = wanted.data() + wanted.size();
  const auto [stop, code] = std::from_chars(wanted.data() + 1, end, number);
  return code == std::errc() && stop == end && number >= 1 && number <= columns.size() ? number - 1 : std::string::npos;
}

// Place of the first byte that is no UTF-8; npos when all is.
std::size_t first_bad_byte(std::string_view text) {
  rapidjson::MemoryStream in(text.data(), text.size());
  struct nowhere {
    void Put(char) {
    }
  } out;
  while (in.Tell() < text.size()) {
    const auto at = in.Tell();
    if (!rapidjson::UTF8<>::Validate(in, out))
      return at;
  }
  return std::string_view::npos;
}

// How many there are in UTF-8: every byte but those that continue one.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

} // namespace

std::vector<std::string> distinct_names(const std::vector<std::string>& names) {
  const std::set<std::string> given(names.begin(), names.end());
  std::set<std::string> used;
  std::map<std::string, int> tried; // by name: how far its numbers are given out
  std::vector<std::string> out;
  for (const auto& name : names) {
    auto distinct = name;
    auto& n = tried.try_emplace(name, 1).first->second;
    while (used.contains(distinct) || (n > 1 && given.contains(distinct)))
      distinct = name + "_" + std::to_string(++n);
    used.insert(distinct);
    out.push_back(distinct);
  }
  return out;
}

csv_reader::csv_reader(byte_input input, const csv_options& options)
    : options_(options), input_(std::move(input)), parser_(std::make_unique<record_parser>(options)) {
}

csv_reader::~csv_reader() = default;

base::result<std::unique_ptr<csv_reader>> csv_reader::open(const std::filesystem::path& path,
                                                           const csv_options& options,
                                                           const std::vector<std::string>& wanted) {
  auto input = byte_input::open(path, options.input);
  if (!input)
    return input.err();
  return open(*std::move(input), options, wanted, path == "-" ? "standard input" : path.filename().string());
}

base::result<std::unique_ptr<csv_reader>> csv_reader::open(byte_input input, const csv_options& options,
                                                           const std::vector<std::string>& wanted,
                                                           const std::string& name) {
  auto settled = options;
  if (options.guess_separator) {
    const auto head = input.head();
    if (!head)
      return head.err();
    settled.separator = guess_separator(*head, options);
  }
  std::unique_ptr<csv_reader> reader(new csv_reader(std::move(input), settled));
  if (auto bound = reader->bind(wanted, name); !bound)
    return bound.err();
  return reader;
}

base::result<void> csv_reader::bind(const std::vector<std::string>& wanted, const std::string& file) {
  const auto first = next_record();
  if (!first)
    return first.err();
  std::vector<std::string> names = options_.columns;
  if (*first && (options_.header || names.empty())) {
    for (std::size_t i = 0; i < parser_->current().size(); ++i) {
      if (options_.header)
        names.emplace_back(parser_->current().cell(i));
      else
        names.push_back("#" + std::to_string(i + 1));
    }
  }
  pending_ = *first && !options_.header;
  columns_ = distinct_names(names);
  for (const auto& name : wanted) {
    const auto cell = find_column(columns_, name);
    if (cell == std::string::npos && options_.missing == csv_options::missing_column::is_refused)
      return base::error{base::error_code::invalid_argument,
                         "column '" + name + "' is not in " + file + "; it has: " + joined(columns_)};
    slots_.push_back(cell);
  }
  return {};
}

base::result<bool> csv_reader::next_record() {
  while (!parser_->take()) {
    const auto piece = input_.read();
    if (!piece)
      return piece.err();
    if (!piece->empty()) {
      if (auto fed = parser_->feed(*piece); !fed)
        return fed.err();
      continue;
    }
    if (auto finished = parser_->finish(); !finished)
      return finished.err();
    return parser_->take();
  }
  return true;
}

base::result<bool> csv_reader::next(row& out) {
  if (!pending_) {
    const auto more = next_record();
    if (!more || !*more)
      return more;
  }
  pending_ = false;
  const auto& record = parser_->current();
  out.number = ++row_number_;
  out.line = record.line;
  out.raw = raw_text();
  out.bad.reset();
  out.cells.clear();
  const auto may_be_short = options_.short_rows == csv_options::short_row::is_absent_cells;
  if (record.size() > columns_.size() || (record.size() < columns_.size() && !may_be_short)) {
    out.bad = base::error{base::error_code::malformed, "the row has " + std::to_string(record.size()) +
                                                           " cells, the header has " + std::to_string(columns_.size())};
    return true;
  }
  thread_local digester digest;
  for (std::size_t i = 0; i < record.size(); ++i)
    digest.add(record.cell(i));
  out.digest = digest.finish();
  for (const auto slot : slots_) {
    if (slot >= record.size()) // npos, too
      out.cells.emplace_back();
    else
      out.cells.emplace_back(record.cell(slot));
  }
  if (!google::protobuf::internal::IsStructurallyValidUTF8(record.text.data(), static_cast<int>(record.text.size())))
    find_bad_text(out);
  return true;
}

// A wanted cell with a byte that is no text makes the row bad.
void csv_reader::find_bad_text(row& out) const {
  const auto& record = parser_->current();
  for (const auto slot : slots_) {
    if (slot >= record.size())
      continue;
    const auto cell = record.cell(slot);
    const auto at = first_bad_byte(cell);
    if (at == std::string_view::npos)
      continue;
    const auto before = cell.substr(0, at);
    const auto breaks = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    char byte[8];
    std::snprintf(byte, sizeof byte, "0x%02X", static_cast<unsigned char>(cell[at]));
    out.cells.clear();
    out.bad =
        base::error{base::error_code::malformed,
                    "column '" + columns_[slot] + "', character " + std::to_string(characters(before) + 1) +
                        (breaks > 0 ? " (after " + std::to_string(breaks) + " line breaks)" : "") + ": byte " + byte +
                        " is no text in " + (options_.input.encoding.empty() ? "UTF-8" : options_.input.encoding) +
                        "; name the file's encoding in the mapping (encoding: windows-1252)"};
    return;
  }
}

void csv_reader::append_cell(std::string& out, std::string_view cell) const {
  const char special[] = {options_.separator, options_.quote, '\n', '\r'};
  if (cell.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
    out += cell;
    return;
  }
  const auto quote = static_cast<unsigned char>(options_.quote);
  const auto start = out.size();
  const auto size = csv_write2(nullptr, 0, cell.data(), cell.size(), quote);
  out.resize(start + size);
  csv_write2(out.data() + start, size, cell.data(), cell.size(), quote);
}

std::string csv_reader::raw_text() const {
  const auto& record = parser_->current();
  std::string out;
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (i > 0)
      out.push_back(options_.separator);
    append_cell(out, record.cell(i));
  }
  return out;
}

std::string csv_reader::header_text() const {
  std::string out;
  for (std::size_t i = 0; options_.header && i < columns_.size(); ++i) {
    if (i > 0)
      out.push_back(options_.separator);
    append_cell(out, columns_[i]);
  }
  return out;
}

std::uint64_t csv_reader::position() const {
  return input_.position();
}

std::uint64_t csv_reader::size() const {
  return input_.size();
}

} // namespace cxstream::sources
