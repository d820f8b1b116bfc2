// The tasks: training and test data by name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "data/dataset.h"
#include "memory/ledger.h"
#include "random/philox.h"

namespace biasbench::data {

// The training defaults of a task, where the command line gives none.
struct TrainingDefaults {
  std::int64_t epochs;
  double learning_rate;
  std::int64_t batch;
};

// A row of the table. Every member must be given: a missing one fails to compile (see task_row.h).
struct TaskDescription {
  std::string_view name;
  std::int64_t inputs;
  std::int64_t outputs;
  std::int64_t train_samples;
  std::int64_t test_samples;
  std::int64_t input_bytes;  // of one input of one sample, as it is kept
  bool is_classification;
  TrainingDefaults defaults;
  std::string_view summary;  // one line: what the data is and why it is asked
};

// Every task that can be named on a command line.
std::span<const TaskDescription> Tasks();

// Throws Error, listing the names there are, for an unknown name.
const TaskDescription& FindTask(std::string_view name);

struct Task {
  std::string name;
  std::string source;  // for the record: "UCI optical digits", "seeded noise", …
  Dataset train;
  Dataset test;
};

// Reads or generates a task; its buffers are entered in the ledger as `dataset`. `max_samples`
// limits the training set to its first samples (0: all). Throws Error.
Task LoadTask(std::string_view name, memory::Ledger& ledger, std::int64_t max_samples = 0);

// The bytes that LoadTask() enters in the ledger.
std::int64_t TaskBytes(const TaskDescription& task, std::int64_t max_samples = 0);

// True if the task's data is on this machine (fashion_mnist is a package of its own).
bool IsInstalled(std::string_view name);

// Classification of uniform noise in any shape: input for footprint and throughput where no task
// has the shape. Inputs are in (-1, 1); `samples` of each of train and test. Throws Error if a
// number is below 1 or the shape is beyond counting.
Task NoiseTask(std::int64_t inputs, std::int64_t outputs, std::int64_t samples, random::Seed seed,
               memory::Ledger& ledger);

// The bytes that NoiseTask() enters in the ledger.
std::int64_t NoiseBytes(std::int64_t inputs, std::int64_t samples);

}  // namespace biasbench::data
