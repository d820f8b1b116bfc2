// Storage for the samples of the reader's own data while they are read: assigns each row of a file
// to a set.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/column_scaling.h"
#include "data/own_data.h"
#include "memory/ledger.h"

namespace biasbench::data {

// Divides the rows of a single file between the sets, or assigns the rows of two files to the set
// of each.
class OwnSamples {
 public:
  // Makes room for the samples of both sets; as bytes if `are_bytes`. Keeps the first `max_samples`
  // training samples (0: all).
  OwnSamples(const OwnData& data, bool are_bytes, memory::Ledger& ledger, std::int64_t max_samples,
             random::Seed seed);

  // The place of a row: training or test set, kept or not.
  struct Place {
    bool is_training;
    bool is_kept;
    std::int64_t sample;
    Dataset* dataset;
  };
  // The place of the next row of the training file, or of the test file. Throws Error naming `path`
  // if there are more rows than were examined.
  Place NextOfTrain(const std::string& path);
  Place NextOfTest(const std::string& path);
  // Throws Error unless as many rows came as were examined.
  void CheckAllSeen() const;

  Task& task() { return task_; }

 private:
  Place PlaceIn(Dataset& dataset, bool is_training, std::int64_t& seen, std::int64_t expected,
                const std::string& path);
  bool NextIsSplitOff();

  const OwnData& data_;
  random::Seed seed_;
  Task task_;
  std::int64_t train_seen_ = 0;
  std::int64_t test_seen_ = 0;
};

// The number of samples in the test share: at least one and fewer than all.
std::int64_t TestSamplesOf(std::int64_t samples, double share);

// Standardizes inputs, of which number i is in column input_columns[i] of the scaling, and targets,
// if there are any. Throws Error, naming `path`, where single precision does not reach.
void StandardizeSamples(const ColumnScaling& scaling, std::span<const std::int64_t> input_columns,
                        std::int64_t target_column, const Dataset& dataset,
                        const std::string& path);

}  // namespace biasbench::data
