#include "sources/files/rejects_file.hpp"

#include <absl/strings/escaping.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace cxstream::sources {

namespace {

using strict_buffer = rapidjson::StringBuffer;
// Refuses texts that are no UTF-8.
using strict_writer = rapidjson::Writer<strict_buffer, rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::CrtAllocator,
                                        rapidjson::kWriteValidateEncodingFlag>;

bool is_utf8(const std::string& text) {
  strict_buffer out;
  strict_writer json(out);
  return json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void member(strict_writer& json, const char* name, const std::string& text) {
  const auto base64 = !is_utf8(text);
  json.Key(base64 ? (std::string(name) + "_base64").c_str() : name);
  const auto value = base64 ? absl::Base64Escape(text) : text;
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

} // namespace

std::string reject_line(const std::string& file, const row_place& at, const std::string& raw, const row_reject& why) {
  strict_buffer out;
  strict_writer json(out);
  json.StartObject();
  member(json, "file", file);
  for (const auto& [name, count] : {std::pair("row", at.row), {"line", at.line}, {"column", at.column}}) {
    json.Key(name);
    json.Uint64(count);
  }
  member(json, "reason", v1::RejectReason_Name(why.reason));
  member(json, "field_path", why.field_path);
  member(json, "message", why.message);
  member(json, "raw", raw);
  json.EndObject();
  return std::string(out.GetString(), out.GetSize()) + "\n";
}

base::result<rejects_file> rejects_file::open(const std::filesystem::path& path, std::uint64_t keep_bytes) {
  std::error_code code;
  const auto had = std::filesystem::exists(path) ? std::filesystem::file_size(path, code) : 0;
  if (had > keep_bytes)
    std::filesystem::resize_file(path, keep_bytes, code);
  auto* file = std::fopen(path.c_str(), "ab");
  if (file == nullptr || code)
    return base::error{base::error_code::io, "cannot write " + path.string() + ": " +
                                                 (code ? code.message() : std::system_category().message(errno))};
  return rejects_file(file, path, std::min<std::uint64_t>(had, keep_bytes));
}

base::result<void> rejects_file::append(const std::vector<std::string>& lines) {
  for (const auto& line : lines) {
    std::fwrite(line.data(), 1, line.size(), file_.get());
    size_ += line.size();
  }
  if (std::fflush(file_.get()) != 0 || std::ferror(file_.get()) != 0)
    return base::error{base::error_code::io,
                       "cannot write " + path_.string() + ": " + std::system_category().message(errno)};
  return {};
}

base::result<void> rejects_file::sync() {
  if (::fdatasync(::fileno(file_.get())) != 0)
    return base::error{base::error_code::io,
                       "cannot write " + path_.string() + ": " + std::system_category().message(errno)};
  return {};
}

} // namespace cxstream::sources
