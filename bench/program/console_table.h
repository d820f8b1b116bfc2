// The table of rows on standard output, 120 columns wide. The rest of a row is in the JSON.
#pragma once

#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program/row_labels.h"

namespace biasbench::bench {

struct ConsoleStyle {
  bool has_colors = false;
  bool keeps_time_unit = false;  // Google Benchmark's, instead of one that suits each time
};

// The style that --benchmark_color and --benchmark_time_unit ask for; the last of a flag counts.
ConsoleStyle ConsoleStyleOf(std::span<const std::string> benchmark_flags, bool is_terminal);

class ConsoleTable {
 public:
  // `columns`: keys of rows, such as tracked_peak_bytes, behind their names and times.
  ConsoleTable(RowLabels labels, std::span<const std::string_view> columns, ConsoleStyle style);

  // The lines of a row, or of an aggregate of rows, that is in Google Benchmark's JSON; the table's
  // head before the first.
  std::string LinesOf(const nlohmann::json& row);

 private:
  struct Column {
    std::string key;
    std::string title;
    std::size_t width;
  };

  std::string Head() const;
  std::string Cells(const std::vector<std::string>& label, const std::string& repetition) const;
  std::string Figures(const nlohmann::json& row) const;
  std::string Colored(const char* color, const std::string& text) const;
  const RowLabel& LabelOf(const nlohmann::json& row) const;
  std::size_t LabelWidth() const;
  std::size_t FigureWidth() const;

  RowLabels labels_;
  std::vector<Column> columns_;
  ConsoleStyle style_;
  std::vector<std::size_t> label_widths_;
  bool has_repetitions_ = false;
  // True if names get lines of their own, since one line is too short for both.
  bool splits_lines_ = false;
  std::string last_name_;
};

// Prints the table for Google Benchmark.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  explicit TableReporter(ConsoleTable table) : table_(std::move(table)) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

 private:
  ConsoleTable table_;
};

}  // namespace biasbench::bench
