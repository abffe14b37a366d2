#include "job/job.hpp"

#include "model/fold_text.hpp"
#include "terminal/number_text.hpp"

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::tone;

tone tone_of(v1::ImportState state) {
  switch (state) {
    case v1::IMPORT_DONE:
      return tone::good;
    case v1::IMPORT_FAILED:
    case v1::IMPORT_CANCELLED:
      return tone::bad;
    case v1::IMPORT_PAUSED:
      return tone::notice;
    default:
      return tone::plain;
  }
}

std::string share_text(const v1::ImportJob& job) {
  if (job.state() == v1::IMPORT_DONE)
    return terminal::percent(1);
  return job.file_bytes() == 0
             ? "-"
             : terminal::percent(static_cast<double>(job.bytes_read()) / static_cast<double>(job.file_bytes()));
}

} // namespace

std::string job_state_word(v1::ImportState state) {
  return model::lowered(v1::ImportState_Name(state).substr(std::string_view("IMPORT_").size()));
}

terminal::table job_table(const std::vector<v1::ImportJob>& jobs) {
  const auto right = terminal::table_column::side::right;
  terminal::table table({{"job"},
                         {"name"},
                         {"mapping"},
                         {"state"},
                         {"read", right},
                         {"rows", right},
                         {"accepted", right},
                         {"duplicates", right},
                         {"refused", right},
                         {"problem"}});
  for (const auto& job : jobs)
    table.add({{job.id(), tone::strong},
               {terminal::printable(job.name())},
               {job.mapping().empty() ? "-" : job.mapping()},
               {job_state_word(job.state()), tone_of(job.state())},
               {share_text(job)},
               {grouped(job.counts().rows())},
               {grouped(job.counts().accepted())},
               {grouped(job.counts().duplicates())},
               {grouped(job.refused_rows()), job.refused_rows() > 0 ? tone::bad : tone::plain},
               {terminal::printable(job.problem()), tone::notice}});
  return table;
}

std::string job_text(const v1::ImportJob& job) {
  const auto look = terminal::style::of_stdout();
  const auto& c = job.counts();
  std::string out = look.paint(tone::strong, job.id()) + " " + terminal::printable(job.name()) + ": " +
                    look.paint(tone_of(job.state()), job_state_word(job.state())) + ", " + grouped(c.rows()) +
                    " rows (" + share_text(job) + " of the file) in " +
                    terminal::span(std::chrono::milliseconds(job.running_ms())) + "\n";
  const auto line = [&](const char* name, std::uint64_t count, tone colour) {
    if (count > 0)
      out += "  " + look.paint(colour, name + grouped(count)) + "\n";
  };
  line("accepted    ", c.accepted(), tone::good);
  line("  late      ", c.late(), tone::plain);
  line("duplicate   ", c.duplicates(), tone::plain);
  line("conflict    ", c.conflicts(), tone::bad);
  line("rejected    ", c.rejected(), tone::bad);
  line("unreadable  ", c.unreadable(), tone::bad);
  line("dropped     ", c.dropped(), tone::plain);
  if (!job.problem().empty())
    out += "  " + look.paint(tone::notice, terminal::printable(job.problem())) + "\n";
  if (job.refused_rows() > 0)
    out += "  why: cxstream job rejects " + job.id() + "\n";
  return out;
}

client::exit_code code_of(const v1::ImportJob& job) {
  return job.state() == v1::IMPORT_DONE && job.refused_rows() == 0 ? client::exit_ok : client::exit_failed;
}

} // namespace cxstream::cli
