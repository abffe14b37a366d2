#include "sources/files/resume_state.hpp"

#include "sources/files/durable_file.hpp"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <array>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace cxstream::sources {

namespace {

constexpr std::uint64_t state_version = 2;

constexpr std::array<std::pair<const char*, std::uint64_t import_counts::*>, 8> count_names = {{
    {"rows", &import_counts::rows},
    {"accepted", &import_counts::accepted},
    {"duplicate", &import_counts::duplicate},
    {"conflict", &import_counts::conflict},
    {"rejected", &import_counts::rejected},
    {"unmapped", &import_counts::unmapped},
    {"late", &import_counts::late},
    {"dropped", &import_counts::dropped},
}};

std::string to_text(const resume_state& state) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  json.Key("version");
  json.Uint64(state_version);
  json.Key("file_bytes");
  json.Uint64(state.identity.file_bytes);
  json.Key("file_modified_ns");
  json.Int64(state.identity.file_modified_ns);
  json.Key("mapping");
  json.String(state.identity.mapping.c_str());
  json.Key("server");
  json.String(state.identity.server.c_str());
  if (state.identity.shuffle) {
    json.Key("shuffle");
    json.Uint64(*state.identity.shuffle);
  }
  json.Key("settled");
  json.Uint64(state.settled);
  json.Key("rejects_bytes");
  json.Uint64(state.rejects_bytes);
  json.Key("seconds");
  json.Double(state.seconds);
  for (const auto& [name, member] : count_names) {
    json.Key(name);
    json.Uint64(state.counts.*member);
  }
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

template <class T>
bool take(const rapidjson::Document& json, const char* name, T& out) {
  const auto found = json.FindMember(name);
  if (found == json.MemberEnd() || !found->value.Is<T>())
    return false;
  out = found->value.Get<T>();
  return true;
}

bool take(const rapidjson::Document& json, const char* name, std::string& out) {
  const char* text = nullptr;
  if (!take(json, name, text))
    return false;
  out = text;
  return true;
}

std::optional<resume_state> from_text(const std::string& text) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(text.c_str());
  std::uint64_t version = 0;
  if (json.HasParseError() || !json.IsObject() || !take(json, "version", version) || version != state_version)
    return std::nullopt;
  resume_state state;
  bool whole = take(json, "file_bytes", state.identity.file_bytes) &&
               take(json, "file_modified_ns", state.identity.file_modified_ns) &&
               take(json, "mapping", state.identity.mapping) && take(json, "server", state.identity.server) &&
               take(json, "settled", state.settled) && take(json, "rejects_bytes", state.rejects_bytes) &&
               take(json, "seconds", state.seconds);
  for (const auto& [name, member] : count_names)
    whole = whole && take(json, name, state.counts.*member);
  std::uint64_t seed = 0;
  if (take(json, "shuffle", seed))
    state.identity.shuffle = seed;
  return whole ? std::optional(state) : std::nullopt;
}

} // namespace

base::result<import_identity> identify(const std::filesystem::path& file, std::string mapping, std::string server,
                                       std::optional<std::uint64_t> shuffle) {
  std::error_code code;
  import_identity identity{0, 0, std::move(mapping), std::move(server), shuffle};
  identity.file_bytes = std::filesystem::file_size(file, code);
  if (code)
    return base::error{base::error_code::not_found, "cannot read " + file.string() + ": " + code.message()};
  const auto modified = std::filesystem::last_write_time(file, code).time_since_epoch();
  identity.file_modified_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(modified).count();
  return identity;
}

base::result<std::optional<resume_state>> read_state(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (std::filesystem::exists(path))
      return file_error("read", path);
    return std::optional<resume_state>();
  }
  std::ostringstream text;
  text << in.rdbuf();
  auto state = from_text(text.str());
  if (!state)
    return base::error{base::error_code::malformed, path.string() + " is no import state of this version of cxstream; "
                                                                    "remove it, or use --no-resume"};
  return state;
}

base::result<void> write_state(const std::filesystem::path& path, const resume_state& state) {
  return replace_durably(path, to_text(state));
}

void remove_state(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

} // namespace cxstream::sources
