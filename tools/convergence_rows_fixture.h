// For tests: rows of a convergence file.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "named_row_fixture.h"
#include "report_rows.h"

namespace biasbench::report {

struct TrainedRow {
  std::string strategy = "learned";
  int seed = 1;
  double train_loss = 0.5;
  double test_loss = 0.5;
  std::string task = "sine";
  double hidden = 100;
  double rate = 0.1;
  std::string settings = {};  // "/weight_decay:0.1/decay_bias"
  std::map<std::string, double> numbers = {};
};

inline Row MakeRow(const TrainedRow& trained) {
  Row row;
  row.name = fmt::format(
      "convergence/{}/{}/recompute/sgd/inputs:1/hidden:{}/outputs:1/batch:32/threads:2/"
      "rate:{}{}/seed:{}",
      trained.task, trained.strategy, trained.hidden, trained.rate, trained.settings, trained.seed);
  row.where = WhereOf(row.name);
  row.strategy = row.label = trained.strategy;
  row.task = trained.task;
  row.status = std::isinf(trained.train_loss) ? "diverged" : "ok";
  row.numbers = {{"seed", trained.seed},
                 {"hidden", trained.hidden},
                 {"learning_rate", trained.rate},
                 {"train_loss", trained.train_loss},
                 {"test_loss", trained.test_loss},
                 {"inputs", 1},
                 {"outputs", 1}};
  for (const auto& [key, value] : trained.numbers) row.numbers[key] = value;
  return row;
}

// The strategies' names exchanged in every row: what the rows of one say is then said of another.
inline ResultFile Permuted(ResultFile file, const std::map<std::string, std::string>& names) {
  for (Row& row : file.rows) {
    const auto name = names.find(row.strategy);
    if (name == names.end()) continue;
    row.where.Set("strategy", name->second);
    row.label.replace(0, row.strategy.size(), name->second);
    row.strategy = name->second;
  }
  return file;
}

}  // namespace biasbench::report
