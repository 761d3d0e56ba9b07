// What moves all stocks, and all of an industry: a turning drift, and noise whose size comes in waves.

#include "demo_moves.h"

#include "demo_random.h"

namespace momentum::sources {

void DemoWave::follow(std::int64_t move) noexcept {
  // An absolute-value ARCH (Taylor 1986, Schwert 1989): what is carried on is the deviation itself, so that
  // no root is needed. 5/4 |move| is the deviation on average.
  deviation_ += (calm_ - deviation_) / 30 + ((move < 0 ? -move : move) * 5 / 4 - deviation_) / 7;
}

std::vector<std::int32_t> demo_shared_moves(std::uint64_t seed, std::size_t sessions) {
  std::vector<std::int32_t> moves;
  moves.reserve(sessions * (1 + demo_industries().size()));
  for (std::size_t row = 0; row <= demo_industries().size(); ++row) {
    const bool market = row == 0;
    DemoRandom random(seed, static_cast<std::uint64_t>(market ? DemoPurpose::market : DemoPurpose::industry), row);
    DemoWave wave(market ? 9'500 : 6'000);
    std::int64_t drift = 0;
    for (std::size_t session = 0; session < sessions; ++session) {
      drift += random.bell(market ? 130 : 90) - drift / 64;
      std::int64_t move = random.bell(wave.deviation());
      wave.follow(move);
      if (market && random.happens(4'000)) move -= 30'000 + random.below(30'000);  // a bad day for all
      moves.push_back(static_cast<std::int32_t>(drift + move));
    }
  }
  return moves;
}

}  // namespace momentum::sources
