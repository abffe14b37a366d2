#include "key/key.hpp"

#include "base/rfc3339.hpp"
#include "command.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

using action = int (*)(const key_options&);

CLI::App* add(CLI::App& key, invocation& chosen, const std::shared_ptr<key_options>& options, const char* name,
              const char* what, action run) {
  auto* command = key.add_subcommand(name, what);
  command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  command->add_option("--file", options->file, "The file of API keys")->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON, for scripts");
  return command;
}

nlohmann::json time_json(const std::optional<base::timestamp>& time) {
  return time ? nlohmann::json(base::format_rfc3339(*time)) : nlohmann::json();
}

} // namespace

base::timestamp time_now() {
  return std::chrono::time_point_cast<base::duration>(std::chrono::system_clock::now());
}

std::string json_line(const security::api_key& key, base::timestamp now) {
  nlohmann::ordered_json out;
  out["id"] = key.id;
  out["name"] = key.name;
  out["state"] = security::state_of(key, now);
  auto& scopes = out["scopes"] = nlohmann::json::array();
  for (const auto& one : key.scopes)
    scopes.push_back(security::to_text(one));
  out["created"] = time_json(key.created);
  out["expires"] = time_json(key.expires);
  out["revoked"] = time_json(key.revoked);
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

int fail_with(const base::error& why) {
  return fail(why.code == base::error_code::invalid_argument ? client::exit_usage : client::exit_failed, why.message);
}

void add_key_command(CLI::App& app, invocation& chosen) {
  auto* key = app.add_subcommand("key", "API keys: who may send, subscribe, read and operate")->require_subcommand(1);
  const auto options = std::make_shared<key_options>();

  auto* create = add(*key, chosen, options, "create", "Make a key; it is shown this once", create_key);
  create->add_option("NAME", options->name, "Who uses it, such as \"zendesk production\"")->required();
  create
      ->add_option("--scope", options->scopes,
                   "What it may do: ingest:SOURCE, subscribe:SINK (* for any), read, operate (and read), admin "
                   "(everything); again for more")
      ->required()
      ->allow_extra_args(false);
  create->add_option("--expires", options->expires, "When it ends: after 12h or 90d, at a time (RFC 3339), or never")
      ->capture_default_str();

  auto* list = add(*key, chosen, options, "list", "List them, oldest first", list_keys);
  list->add_flag("--all", options->everything, "Also those that expired or were revoked");

  auto* revoke = add(*key, chosen, options, "revoke", "End keys at once, for good", revoke_keys);
  revoke->add_option("ID", options->ids, "Keys by id")->required();

  key->footer(
      "Examples:\n  cxstream key create \"zendesk production\" --scope ingest:zendesk --expires 365d\n"
      "  cxstream key create dashboards --scope read --scope subscribe:warehouse\n"
      "  cxstream key list --all\n  cxstream key revoke 0a1b2c3d4e5f\n\n"
      "A node that runs takes a change over within a second. To replace a key: create the new one, hand it out, "
      "then revoke the old one.\n\n"
      "Exit codes: 0 done, 1 no such key, or the file cannot be read or written, 2 wrong usage.");
}

} // namespace cxstream::cli
