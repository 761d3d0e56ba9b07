#pragma once
// Whose bars they are: codes of a call -> instruments of a store.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "momentum/catalog/state.h"

namespace momentum::engine {

class Identities {
 public:
  explicit Identities(const std::vector<catalog::InstrumentRecord>& instruments);

  // The instrument that bore `code` from `first` to `last` (no date: unbounded), if the store knows one: by an alias whose
  // days hold all of these, else by its current code, else by an alias whose days hold some of them.
  // A code without a market is that of the one instrument with this symbol. Errors: ambiguous_code (several), bad_code
  // (none: whoever brings a new instrument in must say its market).
  Result<std::optional<catalog::InstrumentId>> find(const Instrument& code, Date first, Date last) const;

 private:
  struct Alias {
    Date from, to;
    catalog::InstrumentId id;
  };
  std::map<Instrument, catalog::InstrumentId> current_;
  std::map<Instrument, std::vector<Alias>> aliases_;
  std::map<std::string, std::set<catalog::InstrumentId>> by_symbol_;
  std::vector<Instrument> codes_;
};

// A record for an instrument that the store does not know yet: what its code says of it.
catalog::InstrumentRecord new_record(catalog::InstrumentId id, const Instrument& code);

}  // namespace momentum::engine
