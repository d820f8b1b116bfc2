// The row of the table in task.cpp that a task's own file defines.
#pragma once

#include <cstdint>

#include "data/dataset.h"
#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

// A file defines its own as `extern constexpr`: the table then holds before any code runs.
struct TaskRow {
  using Load = Task (*)(memory::Ledger& ledger, std::int64_t max_samples);  // as LoadTask()
  using IsInstalled = bool (*)();

  // Fails to compile if a member of the description is missing. Data that are generated or compiled
  // in are always installed.
  consteval TaskRow(
      const TaskDescription& task, Load loader, IsInstalled installed = [] { return true; })
      : description(task), load(loader), is_installed(installed) {
    const bool is_complete =
        !task.name.empty() && task.inputs > 0 && task.outputs > 0 && task.train_samples > 0 &&
        task.test_samples > 0 && task.input_bytes > 0 && task.defaults.epochs > 0 &&
        task.defaults.learning_rate > 0 && task.defaults.batch > 0 && !task.summary.empty();
    if (!is_complete) throw Error("a member of the description is missing");
  }

  TaskDescription description;
  Load load;
  IsInstalled is_installed;
};

}  // namespace biasbench::data
