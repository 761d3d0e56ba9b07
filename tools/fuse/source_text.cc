// A stage's lines as a source file.

#include "momentum/expr/signature.h"
#include "schedule.h"
#include "writer.h"

namespace momentum::fuse {

std::string Writer::text(std::string_view name) {
  for (const auto& [w, x, at] : written_) {
    if (whole_windows_.contains(w)) {
      rows_[at] = fmt::format("store({}, W{} + at);", vector(x), w);
    } else if (x.leaf >= 0 && s_.leaves[static_cast<std::size_t>(x.leaf)].history > 0) {
      post("copy_rows(W{}, L{}, c.rows, {});", w, x.leaf, s_.windows[w]);
    } else if (x.always) {
      post("fill_rows(W{}, c.rows, {}, set(1.0));", w, s_.windows[w]);
    } else {
      rows_[at] = fmt::format("if (r + {} >= c.rows) store({}, W{} + at);", s_.windows[w], vector(x), w);
    }
  }
  std::string pointers;
  for (std::size_t i = 0; i < s_.leaves.size(); ++i)
    pointers += fmt::format("  const double* const HWY_RESTRICT L{0} = c.leaves[{0}] + g;\n", i);
  for (const auto& written : written_)
    pointers += fmt::format("  double* const W{0} = c.windows[{0}] + g;\n", std::get<0>(written));
  for (std::size_t i = 0; i < s_.outputs.size(); ++i)
    if (s_.outputs[i].kind == PlaceKind::slot)
      pointers += fmt::format("  double* const HWY_RESTRICT O{0} = c.outputs[{0}] + g;\n", i);
  const Loops loops = arrange(rows_, pre_);
  return fmt::format(R"(// Generated from the graph; see src/fused/README.md.
#define HWY_DISABLED_TARGETS HWY_SSSE3
#include <algorithm>
#include <cstddef>
#include <limits>

#include "momentum/kernels/fused.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "{name}.gen.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "steps_simd-inl.h"

#if HWY_TARGET != HWY_EMU128
HWY_BEFORE_NAMESPACE();
namespace momentum::fused {{
namespace HWY_NAMESPACE {{
namespace {{

HWY_INLINE bool {name}_group(const kernels::FusedCall& c, std::size_t g) {{
{pointers}  const double* const HWY_RESTRICT S = c.state + g;
  double* const HWY_RESTRICT N = c.next + g;
  const double rows_seen = static_cast<double>(c.rows);
  M good = all();
{pre}{scratch}  if (!hn::AllTrue(D(), good)) return false;
{loops}{post}  return hn::AllTrue(D(), good);
}}

}}  // namespace

bool {name}_run(const kernels::FusedCall& c) noexcept {{
  for (std::size_t g = 0; g < kTileLanes; g += kLanes)
    if (!{name}_group(c, g)) return false;
  return true;
}}

}}  // namespace HWY_NAMESPACE
}}  // namespace momentum::fused
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace momentum::fused {{
kernels::FusedStage {name}() noexcept {{
  return {{{signature:#x}ULL, N_SSE4::{name}_run, N_AVX2::{name}_run, N_AVX3::{name}_run}};
}}
}}  // namespace momentum::fused
#endif
)",
                     fmt::arg("name", name), fmt::arg("pointers", pointers), fmt::arg("pre", pre_),
                     fmt::arg("scratch", loops.scratch), fmt::arg("loops", loops.text), fmt::arg("post", post_),
                     fmt::arg("signature", expr::signature(s_)));
}

}  // namespace momentum::fuse
