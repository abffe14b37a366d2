#include "taxonomy/taxonomy.hpp"

#include "base/hash.hpp"
#include "config/load_taxonomy.hpp"
#include "config/quantities.hpp"
#include "model/retag.hpp"
#include "model/revision.hpp"
#include "taxonomy/event_sender.hpp"
#include "taxonomy/history_feed.hpp"
#include "taxonomy/rerun_summary.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace cxstream::cli {

namespace {

// The version is part of the subscription's name where a name can hold it; else a hash of it is.
std::string subscription_of(const std::string& version) {
  constexpr std::size_t name_bytes_max = 64;
  const auto name = "taxonomy-rerun-" + version;
  const bool fits = name.size() <= name_bytes_max && std::ranges::all_of(version, [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                    });
  return fits ? name : "taxonomy-rerun-" + base::to_hex(base::xxh3_128(version));
}

struct rerun_plan {
  model::taxonomy next;
  std::vector<model::taxonomy> known;
  std::optional<std::int64_t> since_us;
  double rate = 0;
};

base::result<rerun_plan> plan_of(const taxonomy_options& options) {
  rerun_plan plan;
  auto next = config::load_taxonomy(options.file);
  if (!next)
    return next.err();
  plan.next = *std::move(next);
  auto files = options.known;
  if (!options.config.empty()) {
    taxonomy_options of_node;
    of_node.config = options.config;
    auto in_force = load_named_taxonomy(of_node);
    if (!in_force)
      return in_force.err();
    files.push_back(in_force->file);
  }
  for (const auto& file : files) {
    auto known = config::load_taxonomy(file);
    if (!known)
      return known.err();
    plan.known.push_back(*std::move(known));
  }
  const auto since = time_of(options);
  if (!since)
    return since.err();
  if (*since)
    plan.since_us = model::to_us(**since);
  if (!options.rate.empty()) {
    const auto rate = config::parse_rate(options.rate);
    if (!rate || *rate <= 0)
      return base::error{base::error_code::invalid_argument,
                         "'" + options.rate + "' is no rate; write how many in a second or minute, such as 500/s"};
    plan.rate = *rate;
  }
  return plan;
}

model::retag_options rules_of(const taxonomy_options& options) {
  model::retag_options out;
  if (options.any_version)
    out.unknown = model::retag_options::unknown_version::take_as_given;
  if (options.fill_in)
    out.before = model::retag_options::before_taxonomy::fill_in;
  return out;
}

class rerun {
public:
  rerun(const taxonomy_options& options, const rerun_plan& plan)
      : options_(options), plan_(plan), rules_(plan.next, plan.known, rules_of(options)),
        sender_(options.call.node, plan.rate), feed_(request(options, plan)) {
  }

  int run() {
    const auto end = feed_.run([this](std::span<const v1::CanonicalEvent> events) { return take(events); });
    // An unfinished run keeps its place under its name; a dry one and a finished one leave nothing behind.
    auto code = static_cast<int>(end.code);
    if ((options_.dry_run || end.code == client::exit_ok) && end.code != client::exit_unreachable)
      if (const auto left_behind = feed_.forget())
        code = fail(client::exit_failed, *left_behind);
    tell();
    if (!sender_.trouble().ok())
      return fail(client::exit_code_of(sender_.trouble()),
                  client::explain(sender_.trouble(), options_.call.node.server) +
                      "; run it again: it goes on where it was");
    if (!end.trouble.empty())
      return fail(end.code, end.trouble + (options_.dry_run ? "" : "; run it again: it goes on where it was"));
    const bool complete = sender_.counts().refused == 0 && !summary_.has_unknown();
    return code == client::exit_ok && !complete ? client::exit_failed : code;
  }

private:
  static feed_request request(const taxonomy_options& options, const rerun_plan& plan) {
    feed_request out;
    out.node = options.call.node;
    out.name =
        options.dry_run ? "taxonomy-dry-run-" + std::to_string(::getpid()) : subscription_of(plan.next.version());
    out.what = "history";
    out.display = terminal::progress_display::fitting_stderr();
    return out;
  }

  bool take(std::span<const v1::CanonicalEvent> events) {
    std::vector<v1::CanonicalEvent> news;
    for (const auto& event : events) {
      if (plan_.since_us && model::to_us(event.occurred_at()) < *plan_.since_us) {
        summary_.pass_over();
        continue;
      }
      auto decision = rules_.decide(event);
      summary_.add(event, decision);
      if (decision.event)
        news.push_back(*std::move(decision.event));
    }
    return options_.dry_run || sender_.send(news);
  }

  void tell() const {
    for (const auto& why : sender_.refusals())
      fail(client::exit_failed, why);
    const auto* sent = options_.dry_run ? nullptr : &sender_.counts();
    const auto& version = plan_.next.version();
    const auto text = options_.call.json
                          ? summary_.json(version, sent)
                          : summary_.text(version, sent, terminal::style::of_stdout(), terminal::stdout_width());
    std::fputs(text.c_str(), stdout);
  }

  const taxonomy_options& options_;
  const rerun_plan& plan_;
  model::retagger rules_;
  event_sender sender_;
  rerun_summary summary_;
  history_feed feed_;
};

} // namespace

int rerun_taxonomy(const taxonomy_options& options) {
  const auto plan = plan_of(options);
  if (!plan)
    return fail(client::exit_usage, plan.err().message);
  return rerun(options, *plan).run();
}

} // namespace cxstream::cli
