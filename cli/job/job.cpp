#include "job/job.hpp"

#include "command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace cxstream::cli {

namespace {

using service = v1::ImportService;

int list(const job_options& options) {
  return call<service>(
      options.call, &service::Stub::ListImports, v1::ListImportsRequest(), [&](const v1::ListImportsResponse& answer) {
        if (options.call.json)
          return client::exit_ok;
        const auto table = job_table({answer.jobs().begin(), answer.jobs().end()});
        std::fputs(table.empty() ? "there are no import jobs; cxstream import FILE --upload makes one\n"
                                 : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
                   stdout);
        return client::exit_ok;
      });
}

// A call that names a job, and answers with it.
template <class Request, class Response>
int ask(const job_options& options,
        grpc::Status (service::Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  Request request;
  request.set_id(options.id);
  return call<service>(options.call, method, request, [&](const Response& answer) {
    if (!options.call.json)
      std::fputs(job_text(answer.job()).c_str(), stdout);
    return client::exit_ok;
  });
}

int show(const job_options& options) {
  return ask<v1::GetImportRequest, v1::GetImportResponse>(options, &service::Stub::GetImport);
}

int pause(const job_options& options) {
  return ask<v1::PauseImportRequest, v1::PauseImportResponse>(options, &service::Stub::PauseImport);
}

int resume(const job_options& options) {
  return ask<v1::ResumeImportRequest, v1::ResumeImportResponse>(options, &service::Stub::ResumeImport);
}

int cancel(const job_options& options) {
  return ask<v1::CancelImportRequest, v1::CancelImportResponse>(options, &service::Stub::CancelImport);
}

int forget(const job_options& options) {
  v1::DeleteImportRequest request;
  request.set_id(options.id);
  return call<service>(options.call, &service::Stub::DeleteImport, request, [&](const v1::DeleteImportResponse&) {
    if (!options.call.json)
      std::printf("%s is forgotten\n", options.id.c_str());
    return client::exit_ok;
  });
}

int start(const job_options& options) {
  v1::StartImportRequest request;
  request.set_path(options.path);
  request.mutable_spec()->set_name(options.name);
  request.mutable_spec()->set_mapping(options.mapping);
  request.mutable_spec()->set_rows_per_second_max(options.rate);
  auto to_watch = options;
  const auto code =
      call<service>(options.call, &service::Stub::StartImport, request, [&](const v1::StartImportResponse& answer) {
        to_watch.id = answer.job().id();
        if (!options.call.json)
          std::fprintf(stderr, "job %s\n", to_watch.id.c_str());
        return client::exit_ok;
      });
  return code != client::exit_ok || options.detach || options.call.json ? code : watch_job(to_watch);
}

CLI::App* add(CLI::App& job, invocation& chosen, const char* name, const char* about, int (*run)(const job_options&),
              const std::shared_ptr<job_options>& options) {
  auto* command = job.add_subcommand(name, about);
  add_call_options(*command, options->call);
  command->callback([&chosen, options, run] { chosen.run = [options, run] { return run(*options); }; });
  return command;
}

} // namespace

void add_job_command(CLI::App& app, invocation& chosen) {
  auto* job =
      app.add_subcommand("job", "See and steer the imports that the node does by itself")->require_subcommand(1);
  const auto options = std::make_shared<job_options>();
  add(*job, chosen, "list", "All jobs, newest first", list, options);
  for (const auto& [name, about, run] :
       {std::tuple("show", "One job with its counts", &show),
        {"watch", "Show a job's progress until it stops; Ctrl-C leaves it running", &watch_job},
        {"pause", "Stop a job where it is", &pause},
        {"resume", "Let a paused or failed job go on where it was", &resume},
        {"cancel", "End a job for good; what it brought in stays", &cancel},
        {"rejects", "Print the rows that were refused, as NDJSON", &print_rejects},
        {"delete", "Forget a job that has come to its end, with its rejects", &forget}})
    add(*job, chosen, name, about, run, options)->add_option("id", options->id, "The job's id")->required();
  auto* started =
      add(*job, chosen, "start", "Import a file that lies on the node, in a folder of imports.folders", start, options);
  started->add_option("path", options->path, "The file's absolute path on the node")->required();
  started->add_option("-m,--mapping", options->mapping, "A built-in mapping, or one in the node's folder of mappings");
  started->add_option("--name", options->name, "What to call it; the file's name when absent");
  started->add_option("--rate", options->rate, "At most so many rows a second; 0: as the node is configured")
      ->check(CLI::NonNegativeNumber);
  started->add_flag("--detach", options->detach, "Do not watch it");
  job->footer(
      "Examples:\n  cxstream import incidents.csv.gz -m servicenow_log --upload     makes a job\n"
      "  cxstream job list\n  cxstream job watch 20261130T204512-000123\n"
      "  cxstream job pause 20261130T204512-000123\n"
      "  cxstream job rejects 20261130T204512-000123 > bad.ndjson\n"
      "  cxstream job start /srv/exports/incidents.csv.gz -m servicenow_log\n\n"
      "Exit codes: 0 done (watch: every row is in), 1 no such job, it can't be done now, or rows were refused,\n"
      "2 wrong usage or mapping, 3 no node answers, 130 interrupted (the job goes on).");
}

} // namespace cxstream::cli
