#include "momentum/report/labels.h"

#include <array>

namespace momentum::report {
namespace {

struct Label {
  Text which;
  std::string_view en, zh;
};

constexpr std::array kLabels{
    Label{Text::rank, "#", "#"},
    Label{Text::code, "code", "代码"},
    Label{Text::name, "name", "名称"},
    Label{Text::score, "score", "得分"},
    Label{Text::close, "close", "收盘"},
    Label{Text::change, "chg", "涨跌幅"},
    Label{Text::momentum_20, "20d", "20日涨幅"},
    Label{Text::rsi, "RSI", "RSI"},
    Label{Text::trend_line, "60 closes", "近60收盘"},
    Label{Text::volume_ratio, "vol ratio", "量比20"},
    Label{Text::amount, "amount", "成交额"},
    Label{Text::industry, "industry", "行业"},
    Label{Text::part_momentum, "mom/20", "动量/20"},
    Label{Text::part_averages, "MA/15", "均线/15"},
    Label{Text::part_macd, "MACD/20", "MACD/20"},
    Label{Text::part_rsi, "RSI/15", "RSI/15"},
    Label{Text::part_volume, "vol/15", "成交量/15"},
    Label{Text::part_trend, "trend/15", "趋势/15"},
    Label{Text::macd_hist, "MACD hist", "MACD柱"},
    Label{Text::board, "board", "板块"},
    Label{Text::flags, "flags", "标记"},
    Label{Text::status, "status", "状态"},
    Label{Text::reason, "reason", "原因"},
    Label{Text::as_of, "as of", "数据日期"},
    Label{Text::bars, "bars", "根数"},
    Label{Text::coverage, "coverage", "覆盖率"},
    Label{Text::profile, "profile", "口径"},
    Label{Text::prices, "prices", "复权"},
    Label{Text::history, "history", "历史"},
    Label{Text::frequency, "bars", "周期"},
    Label{Text::numerics, "numerics", "数值版本"},
    Label{Text::asked_for, "asked for", "请求日期"},
    Label{Text::snapshot, "snapshot", "快照"},
    Label{Text::more_rows, "{} more", "另有 {} 只"},
    Label{Text::unranked, "unranked", "未排名"},
    Label{Text::filtered, "filtered", "被筛除"},
    Label{Text::delisted, "delisted", "已退市"},
    Label{Text::left_out, "no room for:", "宽度不足，未显示："},
    Label{Text::left_out_remedy, "(wider terminal, or --format csv)", "（加宽终端，或用 --format csv）"},
    Label{Text::earlier_rows, "{} earlier rows (--last N, or --format csv)",
          "更早 {} 行未显示（--last N 或 --format csv）"},
    Label{Text::nothing_ranked, "nothing ranked", "没有可排名的股票"},
    Label{Text::list_separator, ", ", "、"},
    Label{Text::first_bar, "first bar", "首根K线"},
    Label{Text::rank_of, "rank {} of {}", "排名 {} / {}"},
    Label{Text::part, "part", "项目"},
    Label{Text::points, "points", "得分"},
    Label{Text::total, "total", "总分"},
    Label{Text::before_rounding, "{} before rounding", "取整前 {}"},
    Label{Text::no_score, "no score", "没有得分"},
    Label{Text::macd_word, "MACD", "MACD"},
    Label{Text::last_closes, "last closes", "近期收盘"},
    Label{Text::flag_count, "{} x {}", "{} x {}"},
    Label{Text::flag_span, "first {}, last {}", "最早 {}，最近 {}"},
    Label{Text::days_short, "{}d", "{}日"},
    Label{Text::rule_momentum_end, "+ 10, within 0 and 20", "+ 10，限于 0 至 20"},
    Label{Text::signal, "signal", "信号线"},
    Label{Text::value_before, "{} before", "前值 {}"},
    Label{Text::golden_cross, "golden cross:", "金叉："},
    Label{Text::no_golden_cross, "no golden cross:", "未金叉："},
    Label{Text::not_so_before, "not so on the bar before", "前一根K线并非如此"},
    Label{Text::so_before, "already so on the bar before", "前一根K线已是如此"},
    Label{Text::volume_to_mean, "volume / 5-bar mean", "成交量/5日均量"},
    Label{Text::volume_change, "mean change of volume", "成交量平均变化"},
    Label{Text::trend, "trend", "趋势"},
    Label{Text::date, "date", "日期"},
    Label{Text::read_files, "read {} files", "读取 {} 个文件"},
    Label{Text::rows_in, "rows in {}", "输入 {} 行"},
    Label{Text::stored, "{} stored", "入库 {}"},
    Label{Text::duplicates, "{} repeated", "重复 {}"},
    Label{Text::suspensions, "{} suspension records", "停牌记录 {}"},
    Label{Text::quarantined, "{} quarantined", "隔离 {}"},
    Label{Text::empty_files, "{} files without rows", "空文件 {}"},
    Label{Text::stores_left_out, "{} stores left out", "跳过的库 {}"},
    Label{Text::and_more_quarantined, "... and {} more; --report FILE writes them all",
          "……另有 {} 行；--report FILE 可全部写出"},
    Label{Text::no_factors,
          "no factors: the data has no previous close or is not raw, so prices are taken as they stand, dividends and "
          "all",
          "无复权因子：数据没有前收盘价，或不是未复权价，价格按原样使用，除权缺口未处理"},
    Label{Text::no_actions,
          "no corporate actions: none are known of this instrument (momentum import --kind actions), or its prices are "
          "not raw, so they are taken as they stand",
          "无权息资料：该证券没有权息记录（momentum import --kind actions），或不是未复权价，价格按原样使用"},
    Label{Text::already_there, "{} already there", "已有 {}"},
    Label{Text::conflicting, "{} conflicting, kept as stored", "与库存冲突、保留原值 {}"},
    Label{Text::corrected, "{} corrected", "更正 {}"},
    Label{Text::differs_kept, "{} {}: the file's row differs from the stored one, which is kept",
          "{} {}：文件中的记录与库存不同，保留库存"},
    Label{Text::differs_replaced, "{} {}: the file's row replaced a different one", "{} {}：已用文件中的记录替换库存"},
    Label{Text::and_more, "... and {} more", "……另有 {} 项"},
    Label{Text::prepended,
          "warning: bars before the first stored one of {} instruments ({}): indicators and scores begin earlier now "
          "and differ from before",
          "警告：{} 只证券（{}）补入了首根K线之前的数据：指标与得分的起点提前，结果与此前不同"},
    Label{Text::nothing_new, "nothing new: the store is as it was (snapshot {})", "没有新数据：库存未变（快照 {}）"},
    Label{Text::new_snapshot, "stored as snapshot {}", "已存为快照 {}"},
    Label{Text::new_instruments, "{} new instruments", "新增证券 {}"},
    Label{Text::dry_run_new, "dry run: nothing was written; without --dry-run this would make a snapshot",
          "演练：未写入任何数据；去掉 --dry-run 会生成新快照"},
    Label{Text::dry_run_nothing, "dry run: nothing new, no snapshot would be made", "演练：没有新数据，不会生成快照"},
    Label{Text::made_store, "made the store {}", "新建库 {}"},
    Label{Text::demo_made, "{} stocks, {} bars, {} sessions from {} to {}",
          "{} 只股票、{} 根K线、{} 个交易日，{} 至 {}"},
    Label{Text::when, "when", "时间"},
    Label{Text::operation, "command", "操作"},
    Label{Text::added, "added", "新增"},
    Label{Text::changed, "changed", "更改"},
    Label{Text::kept, "kept", "保留"},
    Label{Text::note, "note", "说明"},
    Label{Text::what, "what", "对象"},
    Label{Text::change_of, "change", "变化"},
    Label{Text::field, "field", "字段"},
    Label{Text::before, "before", "之前"},
    Label{Text::after, "after", "之后"},
    Label{Text::keep_newest, "newest", "最新"},
    Label{Text::keep_pinned, "pinned", "已固定"},
    Label{Text::keep_before_correction, "before a correction", "更正之前"},
    Label{Text::keep_month_end, "month's last", "月末"},
    Label{Text::keep_grace, "until {}", "至 {}"},
    Label{Text::keep_expired, "until the next gc", "至下次清理"},
    Label{Text::keep_dropped, "dropped {}", "已清理 {}"},
    Label{Text::pinned, "snapshot {} is pinned", "快照 {} 已固定"},
    Label{Text::unpinned, "snapshot {} is no more pinned", "快照 {} 不再固定"},
    Label{Text::converted, "converted snapshot {} into {}: {} instruments, {} bars, {} files of {} (before: {})",
          "已将快照 {} 转换到 {}：{} 只证券、{} 根K线、{} 个文件共 {}（原为 {}）"},
    Label{Text::exported, "exported {} rows of {} instruments to {}; prices {}",
          "已导出 {} 行（{} 只证券）到 {}；复权 {}"},
    Label{Text::gc_done, "dropped {} snapshots, removed {} files of {}; {} snapshots are kept",
          "清理 {} 个快照，删除 {} 个文件共 {}；保留 {} 个快照"},
    Label{Text::gc_would, "dry run: would drop {} snapshots and remove {} files of {}; {} snapshots would be kept",
          "演练：将清理 {} 个快照，删除 {} 个文件共 {}；将保留 {} 个快照"},
    Label{Text::compacted, "compacted as snapshot {}: {} files in place of {}", "已整理为快照 {}：{} 个文件，原 {} 个"},
    Label{Text::published,
          "published snapshot {} to {}: copied {} files of {} ({} in all), removed {} that nobody needs",
          "已发布快照 {} 到 {}：复制 {} 个文件共 {}（总计 {} 个），删除 {} 个不再需要的文件"},
    Label{Text::published_already, "snapshot {} is published in {} already", "快照 {} 已发布在 {}"},
    Label{Text::nothing_to_compact, "nothing to compact: every bar is in its place (snapshot {})",
          "无需整理：数据均在其位（快照 {}）"},
    Label{Text::no_difference, "no difference", "没有差异"},
    Label{Text::verify_looked, "snapshot {}: {} files, {} rows, {}; {} files of older states",
          "快照 {}：{} 个文件，{} 行，{}；旧状态文件 {} 个"},
    Label{Text::verify_well, "well", "完好"},
    Label{Text::verify_findings, "findings: {}", "{} 处问题"},
    Label{Text::repair_well, "the catalog is well: nothing was repaired (snapshot {})",
          "目录完好，未作修复（快照 {}）"},
    Label{Text::repair_done, "the catalog was made anew from the redo files: snapshot {}",
          "已由重做文件重建目录：快照 {}"},
    Label{Text::moved_aside, "moved aside: {}", "已移开：{}"},
    Label{Text::store, "store", "数据库"},
    Label{Text::data, "data", "数据"},
    Label{Text::size, "size", "大小"},
    Label{Text::factors, "factors", "复权"},
    Label{Text::facts, "facts", "资料"},
    Label{Text::minutes, "minutes", "分钟线"},
    Label{Text::sessions, "sessions", "交易日"},
    Label{Text::level, "level", "层"},
    Label{Text::files, "files", "文件"},
    Label{Text::rows, "rows", "行"},
    Label{Text::bytes, "bytes", "字节"},
    Label{Text::bytes_a_bar, "a bar", "每根"},
    Label{Text::bytes_a_value, "a value", "每值"},
    Label{Text::column, "column", "列"},
    Label{Text::form, "form", "类型"},
    Label{Text::encoding, "encoding", "编码"},
    Label{Text::codec, "codec", "压缩"},
    Label{Text::instruments_and_bars, "{} instruments, {} of them with bars; {} bars",
          "{} 只证券，{} 只有K线；K线 {} 根"},
    Label{Text::factor_count, "{} events, {} unverified jumps", "{} 次除权，{} 处未核实跳变"},
    Label{Text::fact_count, "{} corporate actions, {} price limits", "{} 条权息，{} 条涨跌停价"},
    Label{Text::minutes_count, "{} instruments, {} bars of minutes", "{} 只证券，{} 根分钟线"},
    Label{Text::sessions_count, "{} sessions, {} to {}; {} bars on the last", "{} 个交易日，{} 至 {}；末日 {} 根K线"},
    Label{Text::synthetic, "合成数据 SYNTHETIC", "合成数据 SYNTHETIC"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kLabels.size(); ++i) {
    if (kLabels[i].which != static_cast<Text>(i) || kLabels[i].en.empty() || kLabels[i].zh.empty()) return false;
  }
  return kLabels.size() == static_cast<std::size_t>(Text::count_);
}
static_assert(in_order(), "one row per Text, in the order of the enum");

struct StatusLabel {
  score::Status status;
  std::string_view zh;
};
constexpr std::array kStatuses{
    StatusLabel{score::Status::ok, "正常"},
    StatusLabel{score::Status::suspended, "停牌"},
    StatusLabel{score::Status::no_bar, "当日无数据"},
    StatusLabel{score::Status::stale, "数据陈旧"},
    StatusLabel{score::Status::too_few_bars, "历史不足"},
    StatusLabel{score::Status::delisted, "已退市"},
    StatusLabel{score::Status::bad_data, "数据异常"},
};

}  // namespace

std::string_view text(Text which, Lang lang) noexcept {
  const Label& label = kLabels[static_cast<std::size_t>(which)];
  return lang == Lang::zh ? label.zh : label.en;
}

std::string_view text(score::Status status, Lang lang) noexcept {
  if (lang == Lang::zh) {
    for (const StatusLabel& row : kStatuses) {
      if (row.status == status) return row.zh;
    }
  }
  return score::to_string(status);
}

std::string_view status_text(std::string_view status_name, Lang lang) noexcept {
  for (const StatusLabel& row : kStatuses) {
    if (score::to_string(row.status) == status_name) return text(row.status, lang);
  }
  return status_name;
}

}  // namespace momentum::report
