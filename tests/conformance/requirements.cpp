#include "conformance/requirements.hpp"

#include <array>

namespace cxstream::conformance {

std::span<const requirement> requirements() {
  static constexpr std::array<requirement, 23> all{{
      {1, "OneOutcomeAnEventInTheOrderGiven", check_one_outcome},
      {2, "DeliveredIsAtTheTarget", check_delivered_is_there},
      {3, "EventsOfATicketArriveInOrder", check_order},
      {4, "NothingOfATicketIsTriedBehindAFailure", check_nothing_behind_a_failure},
      {5, "OnlyWhatHasACauseIsSkipped", check_skip_has_cause},
      {6, "ARepeatChangesNothing", check_repeat},
      {7, "OlderNeverOverwritesNewer", check_only_if_newer},
      {8, "ALargeCallIsSplit", check_batch_limit},
      {9, "OneBadRecordSpoilsNoOther", check_one_bad_record},
      {10, "WhatIsUnfitIsNotSent", check_unfit_is_not_sent},
      {11, "WhatIsRefusedForGoodIsPermanent", check_refused_is_permanent},
      {12, "AnAbsentTargetIsUnreachable", check_away},
      {13, "ItComesBackByItself", check_comes_back},
      {14, "ACallEndsInTime", check_slow},
      {15, "APauseIsKept", check_throttled},
      {16, "AHiccupIsTransient", check_failing},
      {17, "ExpiredCredentialsBlameNoEvent", check_expired},
      {18, "ALostAnswerIsNoDelivery", check_lost_answer},
      {19, "ClosingKeepsWhatIsDelivered", check_close},
      {20, "WhatIsSaidIsShortAndKeepsSecrets", check_text_is_safe},
      {21, "APositionIsNeverAheadOfTheEvents", check_positions},
      {22, "InstancesWorkSideBySide", check_traits},
      {23, "WhatIsHeldBackComesInItsTime", check_deferred},
  }};
  return all;
}

} // namespace cxstream::conformance
