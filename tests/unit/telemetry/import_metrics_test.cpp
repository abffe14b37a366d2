#include "telemetry/import_metrics.hpp"

#include <gmock/gmock.h>

namespace cxstream::telemetry {
namespace {

using testing::HasSubstr;

TEST(ImportMetrics, EverySeriesIsThereBeforeAnythingHappens) {
  const import_metrics metrics;
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_jobs{state=\"failed\"} 0"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_rows_total{outcome=\"unreadable\"} 0"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_uploads_total{outcome=\"abandoned\"} 0"));
}

TEST(ImportMetrics, CountsRowsByWhatTheyCameToAndJobsByTheirState) {
  import_metrics metrics;
  v1::ImportCounts counts;
  counts.set_accepted(5);
  counts.set_duplicates(2);
  metrics.rows(counts);
  metrics.rows(counts);
  metrics.upload(ports::upload_outcome::taken, 100);
  metrics.jobs({{v1::IMPORT_PAUSED, 3}});
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_rows_total{outcome=\"accepted\"} 10"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_rows_total{outcome=\"duplicate\"} 4"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_uploads_total{outcome=\"taken\"} 1"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_upload_bytes_total 100"));
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_jobs{state=\"paused\"} 3"));
  metrics.jobs({});
  EXPECT_THAT(metrics.text(), HasSubstr("cxstream_import_jobs{state=\"paused\"} 0"));
}

} // namespace
} // namespace cxstream::telemetry
