#include "config/load_source.hpp"

#include "config/load_poll.hpp"

#include <algorithm>
#include <array>

namespace cxstream::config {

namespace {

constexpr std::array<std::string_view, 3> contract_modes{"warn", "quarantine", "enforce"};
constexpr std::array<std::string_view, 5> contract_breaks{"schema", "new_field", "type_change", "new_value",
                                                          "missing_field"};

// `none`, or {scheme, secrets, and the scheme's own options}.
void read_verify(section& source, reading in, verify_config& out) {
  if (!source.has("verify")) {
    source.wrong("verify", "is missing; say how this source proves itself, such as {scheme: zendesk, secrets: "
                           "[\"${ZENDESK_SECRET}\"]}, or none if anyone may post here");
    return;
  }
  const auto node = source.child("verify");
  if (node.IsScalar()) {
    const auto text = scalar_text(node, source.name("verify"), in);
    if (text && *text != "none")
      source.wrong("verify", "cannot be \"" + *text + "\"; write {scheme: …, secrets: […]} or none");
    out.scheme = "none";
    return;
  }
  section verify(node, source.name("verify"), in);
  verify.text("scheme", out.scheme);
  if (out.scheme.empty())
    verify.wrong("scheme", "is missing");
  out.secrets = verify.texts("secrets");
  for (const auto& [key, line, value, taken] : verify.rest())
    if (auto text = scalar_text(value, verify.name(key), in))
      out.options[key] = *std::move(text);
}

void read_limits(section in, source_limits& out) {
  in.rate("rate", out.events_per_second);
  in.real("burst", out.burst_events, {1, 1e9});
  in.byte_rate("bytes", out.bytes_per_second);
  in.finish();
  if (out.burst_events > 0 && out.events_per_second == 0)
    in.wrong("burst", "means nothing without a rate; write one");
}

void read_contract(section in, contract_config& out) {
  in.choice("mode", out.mode, contract_modes);
  in.text("schema", out.schema);
  in.number<std::uint32_t>("learn", out.learn, {1, 1'000'000});
  if (in.has("on")) {
    out.on = in.texts("on");
    for (const auto& each : out.on)
      if (std::find(contract_breaks.begin(), contract_breaks.end(), each) == contract_breaks.end())
        in.wrong("on", "cannot have \"" + each +
                           "\"; it is a list of schema, new_field, type_change, new_value and missing_field");
    const bool checked = std::find(out.on.begin(), out.on.end(), "schema") != out.on.end();
    if (checked && out.schema.empty() && out.on.size() == 1)
      in.wrong("on", "names only schema, but there is none; write schema: FILE");
  }
  in.finish();
}

} // namespace

source_config read_source(const YAML::Node& node, const std::string& path, reading in) {
  source_config out;
  out.line = line_of(node);
  section source(node, path, in);
  source.identifier("name", out.name);
  source.flag("removed", out.removed);
  source.text("mapping", out.mapping);
  if (out.mapping.empty() && !out.removed)
    source.wrong("mapping", "is missing; name a built-in mapping (cxstream map list) or a file");
  if (!out.removed || source.has("verify"))
    read_verify(source, in, out.verify);
  read_limits(section(source.child("limits"), source.name("limits"), in), out.limits);
  read_contract(section(source.child("contract"), source.name("contract"), in), out.contract);
  out.poll = read_poll(source.child("poll"), source.name("poll"), in);
  source.finish();
  return out;
}

} // namespace cxstream::config
