#include "conformance/conformance.hpp"

namespace cxstream::conformance {

TEST_P(ConnectorConformance, KeepsTheRequirement) {
  const auto w = GetParam().make();
  if (const auto why = w->cannot_run(); !why.empty())
    GTEST_SKIP() << why;
  judge j;
  GetParam().required.check(*w, j);
  for (const auto& broken : j.broken())
    ADD_FAILURE() << broken;
  if (!j.skipped().empty())
    GTEST_SKIP() << j.skipped();
}

} // namespace cxstream::conformance
