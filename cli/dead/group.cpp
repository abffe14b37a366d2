#include "dead/dead.hpp"

#include "terminal/number_text.hpp"
#include "terminal/table.hpp"

#include <cstdio>

namespace cxstream::cli {

int group_dead(const dead_options& options) {
  v1::GroupDeadLettersRequest request;
  *request.mutable_selector() = selector_of(options);
  return call<v1::AdminService>(
      options.call, &v1::AdminService::Stub::GroupDeadLetters, request,
      [&](const v1::GroupDeadLettersResponse& answer) {
        if (options.call.json)
          return client::exit_ok;
        const auto right = terminal::table_column::side::right;
        terminal::table table({{"letters", right},
                               {"class"},
                               {"at"},
                               {"reason"},
                               {"cause"},
                               {"first (UTC)"},
                               {"last (UTC)"},
                               {"for example"}});
        for (const auto& group : answer.groups())
          table.add({{terminal::grouped(group.count()), terminal::tone::strong},
                     {class_text(group.cause_class())},
                     {group.sink().empty() ? group.source().empty() ? stage_text(group.stage()) : group.source()
                                           : group.sink()},
                     {group.reason(), terminal::tone::bad},
                     {group.cause()},
                     {client::time_text(group.first_at())},
                     {client::time_text(group.last_at())},
                     {group.example_id()}});
        std::fputs(table.empty() ? "no dead letters\n"
                                 : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
                   stdout);
        if (answer.others() > 0)
          std::printf("… and %s of other causes\n", terminal::grouped(answer.others()).c_str());
        return client::exit_ok;
      },
      long_call_timeout);
}

} // namespace cxstream::cli
