#include "momentum/expr/session.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace momentum::expr {
namespace {

using kernels::kTileLanes;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
// Rows a window takes before its history is moved back to its start: the copy costs history / 256 per row, and the window
// stays small enough for the cache.
constexpr std::size_t kWindowRows = 256;
// Rows that a stretch which cannot be fused is cut into: what stays in L1 node by node.
constexpr std::size_t kStepRows = 16;
// Rows after which the rest of a refused stretch is tried again.
constexpr std::size_t kRetryRows = 16;
constexpr std::size_t kMaxFusedWindows = 64;
// Rows between slots: a fused row writes many slots at once, and slots that lie a power of two apart share one set of the cache.
constexpr std::size_t kApart = 1;

struct StateHeader {
  std::uint32_t magic = 0x54534d4d;  // "MMST"
  std::uint32_t version = kStateVersion;
  std::uint32_t numerics = kernels::kNumericsVersion;
  std::uint32_t twins = 0;  // 1: of the reference kernels, whose sliding sums keep nothing that a vector form needs
  std::uint64_t layout = 0;
  std::uint64_t key = 0;
  std::uint64_t doubles = 0;
  std::uint64_t checksum = 0;
};

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325ULL;
std::uint64_t mixed(std::uint64_t h, std::uint64_t word) { return (h ^ word) * 0x100000001b3ULL; }

std::uint64_t checksum(std::span<const double> values) {
  std::uint64_t h = kFnvOffset;
  for (const double v : values) h = mixed(h, std::bit_cast<std::uint64_t>(v));
  return h;
}

std::uint32_t is_reference(const kernels::KernelTable& table) {
  return &table == &kernels::kernels_for(SimdLevel::scalar);
}

// What the words of a state stand for: the same expression, rewritten in another way or for other columns, keeps others.
std::uint64_t layout_of(const Stage& stage) {
  std::uint64_t h = kFnvOffset;
  for (const Step& step : stage.steps) {
    h = mixed(h, static_cast<std::uint64_t>(step.kernel));
    for (const Place& place : step.inputs)
      h = mixed(mixed(mixed(h, static_cast<std::uint64_t>(place.kind)), place.index), place.shift);
    h = mixed(mixed(h, static_cast<std::uint64_t>(step.out.kind)), step.out.index);
    for (const double p : step.params) h = mixed(h, std::bit_cast<std::uint64_t>(p));
  }
  for (const LeafUse& leaf : stage.leaves) {
    for (const char c : leaf.column) h = mixed(h, static_cast<unsigned char>(c));
    h = mixed(h, leaf.plane);
  }
  for (const std::size_t history : stage.windows) h = mixed(h, history);
  return h;
}

}  // namespace

void Session::Free::operator()(double* p) const noexcept {
  ::operator delete[](p, std::align_val_t{kernels::kAlignment});
}

Session::Session(const Stage& stage, const kernels::KernelTable& table, std::size_t chunk, kernels::FusedFn fused)
    : stage_(stage), table_(table), chunk_(chunk), fused_(fused) {
  MOMENTUM_CHECK(chunk > 0);
  std::size_t rows =
      stage.slots * (chunk + kApart) + stage.constants.size() + (fused_ != nullptr ? 2 : 1) * stage.state_rows;
  const std::size_t room = std::max(chunk, kWindowRows);
  for (const std::size_t history : stage.windows) rows += history + room;
  memory_.reset(static_cast<double*>(::operator new[](std::max<std::size_t>(rows, 1) * kTileLanes * sizeof(double),
                                                      std::align_val_t{kernels::kAlignment})));
  double* next = memory_.get();
  const auto take = [&](std::size_t n) {
    double* taken = next;
    next += n * kTileLanes;
    return taken;
  };
  slots_ = take(stage.slots * (chunk + kApart));
  constants_ = take(stage.constants.size());
  state_ = take(stage.state_rows);
  if (fused_ != nullptr) next_state_ = take(stage.state_rows);
  for (const std::size_t history : stage.windows) {
    const std::size_t capacity = history + room;
    windows_.push_back({take(capacity), history, capacity, history});
  }
  for (std::size_t i = 0; i < stage.constants.size(); ++i)
    std::fill_n(constants_ + i * kTileLanes, kTileLanes, stage.constants[i]);
  leaf_rows_.resize(stage.leaves.size());
  window_rows_.resize(stage.windows.size());
  leaf_in_window_.resize(stage.leaves.size());
  kept_slot_.resize(stage.slots);
  for (const Place& place : stage.outputs)
    if (place.kind == PlaceKind::slot) kept_slot_[place.index] = true;
  reset();
}

void Session::reset() {
  for (const Step& step : stage_.steps) kernels::init_state(step.kernel, step.params, state_ + step.state * kTileLanes);
  for (Window& w : windows_) {
    w.row = w.history;
    std::fill_n(w.memory, w.history * kTileLanes, kMissing);
  }
  std::fill(leaf_in_window_.begin(), leaf_in_window_.end(), true);
  std::fill(leaf_rows_.begin(), leaf_rows_.end(), nullptr);
  last_rows_ = 0;
  fused_rows_ = 0;
}

// Room for `rows` more rows with the history right before them.
double* Session::window_rows(Window& w, std::size_t rows) noexcept {
  if (w.row + rows > w.capacity) {
    std::memmove(w.memory, w.memory + (w.row - w.history) * kTileLanes, w.history * kTileLanes * sizeof(double));
    w.row = w.history;
  }
  double* at = w.memory + w.row * kTileLanes;
  w.row += rows;
  return at;
}

const double* Session::base(const Place& place) const noexcept {
  switch (place.kind) {
    case PlaceKind::leaf: return leaf_rows_[place.index] - place.shift * kTileLanes;
    case PlaceKind::constant: return constants_ + place.index * kTileLanes;
    case PlaceKind::slot: return slots_ + place.index * (chunk_ + kApart) * kTileLanes;
    case PlaceKind::window: return window_rows_[place.index] - place.shift * kTileLanes;
  }
  return nullptr;
}

void Session::advance(std::span<const double* const> leaf_rows, std::size_t before, std::size_t rows) {
  MOMENTUM_CHECK(rows <= chunk_ && leaf_rows.size() == stage_.leaves.size());
  last_rows_ = rows;
  for (std::size_t i = 0; i < leaf_rows.size(); ++i) {
    const LeafUse& leaf = stage_.leaves[i];
    const bool keep = before < leaf.history;
    MOMENTUM_CHECK(!keep || leaf_in_window_[i]);  // the rows before this one are gone
    leaf_in_window_[i] = keep;
    if (!leaf_in_window_[i]) {
      leaf_rows_[i] = leaf_rows[i];
      continue;
    }
    double* at = window_rows(windows_[leaf.window], rows);
    std::memcpy(at, leaf_rows[i], rows * kTileLanes * sizeof(double));
    leaf_rows_[i] = at;
  }

  for (const Step& step : stage_.steps)
    if (step.out.kind == PlaceKind::window) window_rows_[step.out.index] = window_rows(windows_[step.out.index], rows);
  if (fused_ == nullptr) return advance_steps(0, rows);
  for (std::size_t row = 0; row < rows;) {
    std::size_t n = std::min(kernels::kFusedRows, rows - row);
    if (advance_fused(row, n)) {
      fused_rows_ += n;
      std::swap(state_, next_state_);
      row += n;
      continue;
    }
    fused_rows_ = 0;
    n = std::min(kRetryRows, n);
    for (std::size_t done = 0; done < n; done += kStepRows) advance_steps(row + done, std::min(kStepRows, n - done));
    row += n;
  }
}

bool Session::advance_fused(std::size_t row, std::size_t rows) noexcept {
  const double* leaves[kernels::kMaxInputs];
  double* windows[kMaxFusedWindows];
  double* outputs[kernels::kMaxInputs];
  if (stage_.leaves.size() > kernels::kMaxInputs || stage_.windows.size() > kMaxFusedWindows ||
      stage_.outputs.size() > kernels::kMaxInputs)
    return false;
  const std::size_t at = row * kTileLanes;
  for (std::size_t i = 0; i < stage_.leaves.size(); ++i) leaves[i] = leaf_rows_[i] + at;
  for (std::size_t i = 0; i < stage_.windows.size(); ++i)
    windows[i] = window_rows_[i] == nullptr ? nullptr : window_rows_[i] + at;
  for (std::size_t i = 0; i < stage_.outputs.size(); ++i) {
    const Place& place = stage_.outputs[i];
    outputs[i] = place.kind == PlaceKind::slot ? slots_ + place.index * (chunk_ + kApart) * kTileLanes + at : nullptr;
  }
  return fused_({leaves, windows, outputs, state_, next_state_, rows, fused_rows_});
}

// Rows `row` .. of the stretch, node by node.
void Session::advance_steps(std::size_t row, std::size_t rows) noexcept {
  const double* in[kernels::kMaxInputs];
  std::size_t strides[kernels::kMaxInputs];
  const auto offset = [&](const Place& place) {
    if (place.kind == PlaceKind::constant || (place.kind == PlaceKind::slot && !kept_slot_[place.index]))
      return std::size_t{0};
    return row * kTileLanes;
  };
  for (const Step& step : stage_.steps) {
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      in[i] = base(step.inputs[i]) + offset(step.inputs[i]);
      strides[i] = step.inputs[i].kind == PlaceKind::constant ? 0 : kTileLanes;
    }
    double* out = step.out.kind == PlaceKind::window ? window_rows_[step.out.index]
                                                     : slots_ + step.out.index * (chunk_ + kApart) * kTileLanes;
    table_[static_cast<std::size_t>(step.kernel)]({in, strides, step.inputs.size(), out + offset(step.out),
                                                   state_ + step.state * kTileLanes, step.params.data(), rows});
  }
}

const double* Session::output(std::size_t i) const noexcept { return base(stage_.outputs[i]); }

std::size_t Session::output_stride(std::size_t i) const noexcept {
  return stage_.outputs[i].kind == PlaceKind::constant ? 0 : kTileLanes;
}

// The leaf's last `history` rows, wherever they are.
const double* Session::past(std::size_t i) const noexcept {
  const LeafUse& leaf = stage_.leaves[i];
  if (!leaf_in_window_[i]) return leaf_rows_[i] + (last_rows_ - leaf.history) * kTileLanes;
  const Window& w = windows_[leaf.window];
  return w.memory + (w.row - w.history) * kTileLanes;
}

// Header, then the state rows, then the history of every window.
std::vector<std::byte> Session::save(std::uint64_t key) const {
  std::vector<double> values(state_, state_ + stage_.state_rows * kTileLanes);
  std::vector<const double*> pasts(windows_.size());
  for (std::size_t w = 0; w < windows_.size(); ++w)
    pasts[w] = windows_[w].memory + (windows_[w].row - windows_[w].history) * kTileLanes;
  for (std::size_t i = 0; i < stage_.leaves.size(); ++i) pasts[stage_.leaves[i].window] = past(i);
  for (std::size_t w = 0; w < windows_.size(); ++w)
    values.insert(values.end(), pasts[w], pasts[w] + windows_[w].history * kTileLanes);
  StateHeader header;
  header.key = key;
  header.layout = layout_of(stage_);
  header.twins = is_reference(table_);
  header.doubles = values.size();
  header.checksum = checksum(values);
  std::vector<std::byte> saved(sizeof(header) + values.size() * sizeof(double));
  std::memcpy(saved.data(), &header, sizeof(header));
  if (!values.empty()) std::memcpy(saved.data() + sizeof(header), values.data(), values.size() * sizeof(double));
  return saved;
}

Result<void> Session::restore(std::span<const std::byte> saved, std::uint64_t key) {
  reset();
  const auto bad = [](const char* what) {
    return fail(ErrorCode::bad_state, what, "saved state", "compute it again from the first bar");
  };
  StateHeader header;
  const StateHeader expected;
  if (saved.size() < sizeof(header)) return bad("truncated");
  std::memcpy(&header, saved.data(), sizeof(header));
  if (header.magic != expected.magic || header.version != expected.version) return bad("not a state of this version");
  if (header.numerics != expected.numerics) return bad("made by another numerics version");
  if (header.twins != is_reference(table_)) return bad("made at --simd scalar, or not made there");
  if (header.key != key || header.layout != layout_of(stage_)) return bad("made by another expression");
  std::size_t wanted = stage_.state_rows;
  for (const Window& w : windows_) wanted += w.history;
  if (header.doubles != wanted * kTileLanes || saved.size() != sizeof(header) + header.doubles * sizeof(double))
    return bad("truncated");
  std::vector<double> values(header.doubles);
  if (!values.empty()) std::memcpy(values.data(), saved.data() + sizeof(header), values.size() * sizeof(double));
  if (checksum(values) != header.checksum) return bad("damaged");
  const double* from = values.data();
  std::copy_n(from, stage_.state_rows * kTileLanes, state_);
  from += stage_.state_rows * kTileLanes;
  for (Window& w : windows_) {
    std::copy_n(from, w.history * kTileLanes, w.memory);
    from += w.history * kTileLanes;
  }
  return {};
}

}  // namespace momentum::expr
