#include "telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

namespace cxstream::telemetry {
namespace {

using prometheus::MetricType;

prometheus::MetricFamily single(std::string name, std::string help, MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::optional<double> open_files() {
  std::error_code failed;
  std::filesystem::directory_iterator files("/proc/self/fd", failed);
  if (failed)
    return std::nullopt;
  return static_cast<double>(std::distance(begin(files), end(files)));
}

// /proc/self/stat says in ticks since boot when the process started, /proc/stat when the machine was booted.
std::optional<double> start_time() {
  std::ifstream self("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(self)), std::istreambuf_iterator<char>());
  const auto name_end = text.rfind(')'); // the program's name may hold blanks and parentheses
  if (name_end == std::string::npos)
    return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field)
    fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  std::ifstream machine("/proc/stat");
  std::string key;
  while (machine >> key && key != "btime")
    std::getline(machine, skipped);
  double booted = 0;
  if (!fields || !(machine >> booted))
    return std::nullopt;
  return booted + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace

std::vector<prometheus::MetricFamily> process_metrics::Collect() const {
  std::vector<prometheus::MetricFamily> families;
  if (rusage used{}; getrusage(RUSAGE_SELF, &used) == 0)
    families.push_back(single("process_cpu_seconds_total", "User and system CPU time spent, in seconds.",
                              MetricType::Counter, seconds(used.ru_utime) + seconds(used.ru_stime)));
  double total_pages = 0;
  double resident_pages = 0;
  if (std::ifstream("/proc/self/statm") >> total_pages >> resident_pages) {
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    families.push_back(
        single("process_virtual_memory_bytes", "Virtual memory size in bytes.", MetricType::Gauge, total_pages * page));
    families.push_back(single("process_resident_memory_bytes", "Resident memory size in bytes.", MetricType::Gauge,
                              resident_pages * page));
  }
  if (const auto files = open_files())
    families.push_back(single("process_open_fds", "Number of open file descriptors.", MetricType::Gauge, *files));
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0)
    families.push_back(single("process_max_fds", "Most file descriptors it may have open.", MetricType::Gauge,
                              static_cast<double>(limit.rlim_cur)));
  if (const auto started = start_time())
    families.push_back(single("process_start_time_seconds", "Start of the process, seconds since 1970 UTC.",
                              MetricType::Gauge, *started));
  return families;
}

} // namespace cxstream::telemetry
