#include "config/load.hpp"

#include "config/load_imports.hpp"
#include "config/load_sink.hpp"
#include "config/load_source.hpp"
#include "config/section.hpp"

#include <array>
#include <map>

namespace cxstream::config {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours a_day{24};
constexpr std::uint64_t kib = 1u << 10u;
constexpr std::uint64_t mib = 1u << 20u;
constexpr std::uint64_t gib = 1u << 30u;
constexpr std::array<std::string_view, 4> log_levels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> delivery_priorities = {"background", "normal"};

// "host:port" or "[address]:port", the port a number below 65,536 (0: any free one).
bool is_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || colon == 0 || text.size() - colon < 2 || text.size() - colon > 6)
    return false;
  const auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (host.find_first_of(" \t/") != host.npos || (host.find(':') != host.npos && !bracketed))
    return false;
  const auto port = text.substr(colon + 1);
  return port.find_first_not_of("0123456789") == port.npos && std::stoul(port) <= 65'535;
}

void read_endpoint(section& in, std::string_view key, std::string& out) {
  in.text(key, out);
  if (!is_endpoint(out))
    in.wrong(key, "cannot be \"" + out + "\"; write host:port, such as 127.0.0.1:7400");
}

void read_ingest(section in, ingest_config& out) {
  in.number("credit_events", out.credit_events, {1, 1'000'000});
  in.duration("future_tolerance", out.future_tolerance, {0s, 365 * a_day});
  in.size("event_bytes_max", out.event_bytes_max, {kib, 65'536});
  in.size("batch_bytes_max", out.batch_bytes_max, {kib, 64 * mib});
  in.text("taxonomy_file", out.taxonomy_file);
  in.duration("taxonomy_reload_every", out.taxonomy_reload_every, {1s, a_day});
  in.finish();
  if (out.batch_bytes_max < out.event_bytes_max)
    in.wrong("batch_bytes_max", "is smaller than event_bytes_max; make it at least as large");
}

void read_storage(section in, storage_config& out) {
  in.text("data_dir", out.data_dir);
  if (out.data_dir.empty())
    in.wrong("data_dir", "is empty; name the directory that holds the node's data");
  in.number("partitions", out.partitions, {1, 4'096});
  in.duration("dedup_window", out.dedup_window, {1s, 3'650 * a_day});
  in.number("live_tickets_max", out.live_tickets_max, {100, 100'000'000});
  in.size("write_buffer_bytes", out.write_buffer_bytes, {mib, 64 * gib});
  in.size("block_cache_bytes", out.block_cache_bytes, {mib, 1'024 * gib});
  in.duration("checkpoint_every", out.checkpoint_every, {10ms, 600s});
  in.finish();
}

void read_tls(section in, tls_config& out) {
  in.text("certificate", out.certificate);
  in.text("key", out.key);
  in.text("client_ca", out.client_ca);
  in.finish();
  if (out.certificate.empty() != out.key.empty())
    in.wrong(out.key.empty() ? "key" : "certificate", "is missing; TLS needs the certificate and its key");
  if (out.certificate.empty() && !out.client_ca.empty())
    in.wrong("client_ca", "means nothing without a certificate and a key");
}

void read_intake_http(section in, intake_http_config& out) {
  in.text("listen", out.listen);
  if (!out.listen.empty() && !is_endpoint(out.listen))
    in.wrong("listen", "cannot be \"" + out.listen + "\"; write host:port, such as 127.0.0.1:7403, or nothing");
  in.size("body_bytes_max", out.body_bytes_max, {kib, 64 * mib});
  in.number("connections_max", out.connections_max, {1, 1'000'000});
  in.size("bytes_in_flight_max", out.bytes_in_flight_max, {mib, 64 * gib});
  in.finish();
}

void read_feedback(section in, feedback_config& out) {
  in.text("url", out.url);
  in.text("secret", out.secret);
  in.duration("expires", out.expires, {60s, 365 * a_day});
  in.finish();
  while (out.url.ends_with('/'))
    out.url.pop_back();
  if (!out.url.empty() && !out.url.starts_with("https://") && !out.url.starts_with("http://"))
    in.wrong("url",
             "cannot be \"" + out.url + "\"; write where people reach intake_http, such as https://cx.example.com");
  if (out.url.empty() != out.secret.empty())
    in.wrong(out.url.empty() ? "url" : "secret", "is missing; links need an address and a secret that signs them");
}

void read_dead_letters(section in, dead_letter_config& out) {
  in.number("warn_count", out.warn_count, {0, 1'000'000'000});
  in.duration("warn_age", out.warn_age, {0s, 3'650 * a_day});
  in.finish();
}

// A list of things with a name each. `one` is what messages call it.
template <class Thing, class Read>
void read_named(section& top, const char* key, const char* one, reading in, Read read, std::vector<Thing>& out) {
  const auto list = top.child(key);
  if (list.IsNull())
    return;
  if (!list.IsSequence()) {
    top.wrong(key, "must be a list: one \"- name: …\" for each " + std::string(one));
    return;
  }
  std::map<std::string, int> line_of_name;
  for (const auto& node : list) {
    auto thing = read(node, key + ("[" + std::to_string(out.size()) + "]"), in);
    const auto [other, is_new] = line_of_name.try_emplace(thing.name, thing.line);
    if (!is_new && !thing.name.empty())
      in.found.add(thing.line, "the name \"" + thing.name + "\" is taken by the " + one + " in line " +
                                   std::to_string(other->second) + "; give this one another");
    out.push_back(std::move(thing));
  }
}

node_config read_node(const YAML::Node& node, reading in) {
  node_config out;
  section top(node, "", in);
  read_endpoint(top, "grpc_listen", out.grpc_listen);
  read_endpoint(top, "http_listen", out.http_listen);
  top.choice("log_level", out.log_level, log_levels);
  top.duration("shutdown_timeout", out.shutdown_timeout, {1s, 3'600s});
  top.number("worker_threads", out.worker_threads, {0, 1'024});
  top.choice("delivery_priority", out.delivery_priority, delivery_priorities);
  read_ingest(section(top.child("ingest"), "ingest", in), out.ingest);
  read_storage(section(top.child("storage"), "storage", in), out.storage);
  read_tls(section(top.child("tls"), "tls", in), out.tls);
  top.text("keys_file", out.keys_file);
  read_intake_http(section(top.child("intake_http"), "intake_http", in), out.intake_http);
  read_feedback(section(top.child("feedback"), "feedback", in), out.feedback);
  read_imports(section(top.child("imports"), "imports", in), out.imports);
  read_dead_letters(section(top.child("dead_letters"), "dead_letters", in), out.dead_letters);
  read_named(top, "sources", "source", in, read_source, out.sources);
  read_named(top, "sinks", "sink", in, read_sink, out.sinks);
  top.finish();
  return out;
}

} // namespace

base::result<node_config> load_config(const std::string& path) {
  auto text = read_text_file(path);
  if (!text)
    return text.err();
  return parse_config(*text, path);
}

base::result<node_config> parse_config(std::string_view text, const std::string& name, const environment& variables) {
  diagnostics found(name);
  node_config out;
  if (const auto top = parse_mapping(text, found))
    out = read_node(*top, {found, &variables});
  if (!found.empty())
    return found.to_error();
  return out;
}

} // namespace cxstream::config
