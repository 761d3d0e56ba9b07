#pragma once
// A caller's Arrow table as a series, checked.

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "bar_series_internal.h"
#include "momentum/base/error.h"

namespace momentum::store {

struct IncomingBars {
  std::shared_ptr<arrow::Table> owner;
  std::shared_ptr<const std::vector<std::int32_t>> times;  // of minutes
  BarSeries bars;  // without the optional columns in which all is missing
};

// `where` names the instrument in errors: internal, for whatever breaks the rules of BarsOf.
Result<IncomingBars> view_of(std::shared_ptr<arrow::Table> table, Dataset dataset, const std::string& where);

}  // namespace momentum::store
