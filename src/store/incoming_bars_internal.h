#pragma once
// A caller's Arrow table as a series, checked.

#include <arrow/type_fwd.h>

#include <memory>
#include <string>

#include "bar_series_internal.h"
#include "momentum/base/error.h"

namespace momentum::store {

struct IncomingBars {
  std::shared_ptr<arrow::Table> owner;
  BarSeries bars;  // without the optional columns in which all is missing
};

// `where` names the instrument in errors: internal, for whatever breaks the rules of BarsOf.
Result<IncomingBars> view_of(std::shared_ptr<arrow::Table> table, const std::string& where);

}  // namespace momentum::store
