// doctor and --version: what there is, without reading any data.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "momentum/engine/machine.h"
#include "momentum/engine/store_info.h"
#include "momentum/report/json_writer.h"
#include "session.h"
#include "store_health.h"

namespace momentum::cli {
namespace {

std::string size_text(std::uint64_t bytes) { return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30)); }

std::string doctor_json(const engine::Machine& machine, const std::string& folder,
                        const Result<engine::StoreSummary>& store) {
  std::string out;
  report::JsonWriter json(out);
  json.begin_object();
  json.key("version").text(MOMENTUM_VERSION);
  json.key("simd").begin_array();
  for (const SimdLevel level : machine.simd) json.text(to_string(level));
  json.end_array();
  json.key("simd_in_use").text(to_string(machine.in_use));
  json.key("cores").integer(machine.cores);
  const auto bytes = [&](std::string_view key, std::uint64_t value) {
    json.key(key);
    value == 0 ? json.null() : json.integer(static_cast<std::int64_t>(value));
  };
  bytes("memory_bytes", machine.memory_bytes);
  bytes("memory_limit_bytes", machine.memory_limit_bytes);
  json.key("arrow").text(machine.arrow_version);
  json.key("numerics").integer(machine.numerics_version);
  json.key("store");
  add_store_health(json, folder, store);
  json.end_object();
  return out + "\n";
}

std::string doctor_text(const engine::Machine& machine, int threads) {
  std::vector<std::string_view> levels;
  for (const SimdLevel level : machine.simd) levels.push_back(to_string(level));
  const std::string memory = machine.memory_bytes == 0 ? "unknown" : size_text(machine.memory_bytes);
  const std::string limit =
      machine.memory_limit_bytes == 0
          ? "no cgroup limit"
          : fmt::format("cgroup limit {}: past it the system ends the program", size_text(machine.memory_limit_bytes));
  std::string out;
  out += fmt::format("momentum  {}\n", MOMENTUM_VERSION);
  out += fmt::format("SIMD      {}; in use: {} (--simd chooses; results are the same at every level)\n",
                     fmt::join(levels, " "), to_string(machine.in_use));
  out += fmt::format("cores     {} for this process; threads: {} (--threads chooses)\n", machine.cores, threads);
  out += fmt::format("memory    {}; {}\n", memory, limit);
  out += fmt::format("Arrow     {}\n", machine.arrow_version);
  return out;
}

}  // namespace

Result<void> run_doctor(Session& session) {
  MOMENTUM_TRY(const engine::Machine machine, engine::describe_machine(session.ctx));
  const std::string folder = session.store();
  const Result<engine::StoreSummary> store = engine::describe_store(session.ctx, folder);
  if (session.options.format == report::Format::json) return session.emit(doctor_json(machine, folder, store));
  return session.emit(doctor_text(machine, session.ctx.thread_count()) +
                      fmt::format("store     {}\n", store_health_text(folder, store)));
}

Result<void> run_version(Session& session) {
  MOMENTUM_TRY(const engine::Machine machine, engine::describe_machine(session.ctx));
  std::string out = fmt::format("momentum {}\n", MOMENTUM_VERSION);
  out += fmt::format("numerics {}\n", machine.numerics_version);
  out += fmt::format("store format {}\n", engine::store_format_version());
  out += fmt::format("build {}, {}\n", MOMENTUM_BUILD_TYPE, machine.build);
  out += fmt::format("arrow {}\n", machine.arrow_version);
  out += fmt::format("simd {}\n", to_string(machine.in_use));
  return session.emit(out);
}

}  // namespace momentum::cli
