// The samples of the reader's own data while they are read: which set a row of a file belongs to,
// and room for them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/column_scaling.h"
#include "data/own_data.h"
#include "memory/ledger.h"

namespace biasbench::data {

// Divides the rows of the one file there is, or hands all rows of two files to the set they are of.
class OwnSamples {
 public:
  // Makes room for the samples of both sets; as bytes if `are_bytes`. Keeps the first `max_samples`
  // training samples (0: all).
  OwnSamples(const OwnData& data, bool are_bytes, memory::Ledger& ledger, std::int64_t max_samples,
             random::Seed seed);

  // Where a row belongs: to the training or the test set, and to be kept or not.
  struct Place {
    bool is_training;
    bool is_kept;
    std::int64_t sample;
    Dataset* dataset;
  };
  // Of the next row of the training file, or of the test file. Throws Error naming `path` if there
  // are more than the data have.
  Place NextOfTrain(const std::string& path);
  Place NextOfTest(const std::string& path);
  // Throws Error unless there have been as many rows as the data have.
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

// The samples of the test share, at least one and fewer than all.
std::int64_t TestSamplesOf(std::int64_t samples, double share);

// Standardizes inputs, of which number i is in column input_columns[i] of the scaling, and targets,
// if there are any. Throws Error, naming `path`, where single precision does not reach.
void StandardizeSamples(const ColumnScaling& scaling, std::span<const std::int64_t> input_columns,
                        std::int64_t target_column, const Dataset& dataset,
                        const std::string& path);

}  // namespace biasbench::data
