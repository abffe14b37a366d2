#include "config/yaml_document.hpp"

#include <google/protobuf/stubs/common.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace cxstream::config {

namespace {

// Line of the first text that is not UTF-8; 0 when all is. yaml-cpp would silently replace it.
int broken_line(std::string_view text) {
  for (int line = 1; !text.empty(); ++line) {
    const auto here = text.substr(0, text.find('\n'));
    if (!google::protobuf::internal::IsStructurallyValidUTF8(here))
      return line;
    text.remove_prefix(std::min(text.size(), here.size() + 1));
  }
  return 0;
}

} // namespace

base::result<std::string> read_text_file(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown))
    return base::error{base::error_code::invalid_argument, path + ": is a directory; name a file"};
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return base::error{errno == ENOENT ? base::error_code::not_found : base::error_code::io,
                       path + ": cannot be read (" + std::generic_category().message(errno) +
                           "); check the path and its permissions"};
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad())
    return base::error{base::error_code::io, path + ": reading it failed; check the disk"};
  return text;
}

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1; // a null mark has line -1
}

std::optional<YAML::Node> parse_mapping(std::string_view text, diagnostics& found) {
  if (const int line = broken_line(text); line > 0) {
    found.add(line, "the text is not valid UTF-8; save the file as UTF-8");
    return {};
  }
  try {
    auto top = YAML::Load(std::string(text));
    if (top.IsNull())
      return YAML::Node(YAML::NodeType::Map);
    if (top.IsMap())
      return top;
    found.add(line_of(top), "the file must be a mapping of \"key: value\" lines");
  } catch (const YAML::Exception& e) {
    found.add(e.mark.line + 1,
              "not valid YAML: " + e.msg + "; check indentation, quotes and brackets around this line");
  }
  return {};
}

} // namespace cxstream::config
