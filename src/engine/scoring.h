#pragma once
// Lanes to records, batch by batch, from several threads.

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "market.h"
#include "momentum/expr/latest.h"
#include "momentum/score/record.h"
#include "scored_panel.h"
#include "stages.h"

namespace momentum::engine {

// Two ways to the same records. `latest` computes what never forgets over all rows and the rest over the last ones, which
// settles nearly every lane in a fraction of the time; `whole` computes everything over all rows, for lanes that this does not
// settle, or of which people want to know why they have no score.
class Scoring {
 public:
  // What the constructor is given outlives it. `explained`: the printed code of which the ingredients are wanted, or empty.
  static Result<Scoring> prepare(const Market& market, const ScanRequest& request, Date session, std::string explained,
                                 Stages* stages);

  // Takes out of a cut what latest() does not need, in days or minutes, of which the bars may be made by at_frequency(). False: the
  // history is too short for it to pay, or it cannot be had.
  bool narrow(Cut& cut) const;
  Result<void> latest(const Context& ctx, std::span<const Lane> lanes);
  Result<void> whole(const Context& ctx, std::span<const Lane> lanes);

  // When all lanes have come. Instruments that latest() left to whole(), ascending; they have no record yet.
  std::vector<std::size_t> take_unsettled();
  std::vector<score::Record> take_records();
  std::size_t trading() const { return trading_; }  // records of instruments with a bar on the session

 private:
  Scoring(const Market& market, const ScanRequest& request, Date session, std::string explained, Stages* stages,
          Profile profile)
      : market_(market),
        request_(request),
        session_(session),
        explained_(std::move(explained)),
        stages_(stages),
        profile_(std::move(profile)) {}
  void keep(std::vector<score::Record> records, std::span<const Lane* const> lanes);

  const Market& market_;
  const ScanRequest& request_;
  Date session_;
  std::string explained_;
  Stages* stages_;
  Profile profile_;
  std::optional<expr::Program> program_;
  std::optional<expr::Latest> latest_;

  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::vector<score::Record> records_;
  std::vector<std::size_t> unsettled_;
  std::size_t trading_ = 0;
};

}  // namespace momentum::engine
