// A sink's filter, compiled. Plain value; immutable, so it may be shared between threads.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/delivery.pb.h"
#include "cxstream/v1/event.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::model {

class compiled_filter {
public:
  // Lets everything pass.
  compiled_filter() = default;

  // True when wanted() is true of every event, so that it need not be parsed to know.
  bool passes_all() const {
    return passes_all_;
  }
  // True when every condition of the filter holds; an event without the field does not meet a condition on it.
  bool wanted(const v1::CanonicalEvent& event) const;

private:
  friend base::result<compiled_filter> compile_filter(const v1::Filter& filter);
  using values = std::vector<std::string>; // sorted
  bool wanted_type(std::string_view type) const;

  bool passes_all_ = true;
  bool exclude_late_ = false;
  values types_;         // exact event types
  values type_prefixes_; // of patterns that end in "*"
  values source_systems_, account_ids_, statuses_, priorities_, sentiments_, churn_risks_, canonical_tags_, drivers_;
};

// Errors: invalid_argument (an empty value, a "*" that is not the end of an event type), naming the field.
base::result<compiled_filter> compile_filter(const v1::Filter& filter);

} // namespace cxstream::model
