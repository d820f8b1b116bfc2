// Made throughput rows for the tests of the scaling section.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "named_row_fixture.h"
#include "report_rows.h"

namespace biasbench::report {

struct Made {
  std::string strategy = "learned";
  std::string schedule = "streaming";
  double inputs = 64;
  double hidden = 1e6;
  double outputs = 10;
  double batch = 64;
  double threads = 2;
};

// Repetitions that take `step_seconds` each.
inline void AddRows(ResultFile& file, const Made& made, const std::vector<double>& step_seconds,
                    double peak_bytes = 1e6) {
  for (const double seconds : step_seconds) {
    Row row;
    row.name = fmt::format(
        "throughput/{}/{}/sgd/inputs:{}/hidden:{}/outputs:{}/batch:{}/threads:{}", made.strategy,
        made.schedule, made.inputs, made.hidden, made.outputs, made.batch, made.threads);
    row.where = WhereOf(row.name);
    row.strategy = row.label = made.strategy;
    row.schedule = made.schedule;
    row.optimizer = "sgd";
    row.status = "ok";
    row.numbers = {{"inputs", made.inputs},
                   {"hidden", made.hidden},
                   {"outputs", made.outputs},
                   {"batch", made.batch},
                   {"omp_threads", made.threads},
                   {"items_per_second", made.batch / seconds},
                   {"roofline_fraction", 1e-3 / seconds},
                   {"bus_fraction", 5e-4 / seconds},
                   {"tracked_peak_bytes", peak_bytes},
                   {"peak_rss_bytes", peak_bytes + 12'345}};
    file.rows.push_back(row);
  }
}

}  // namespace biasbench::report
