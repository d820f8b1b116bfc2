// The reader's own data: a training and a test set in CSV or IDX files.
//
// CSV: lines of numbers, the same columns in both files, the same header in both or none; one
// column is the target, all others are inputs. IDX: a file of images and one of their labels;
// always classification, inputs are bytes worth 1/255 each.
//
// Classes are the labels 0 … K − 1: K − 1 is the largest in the training file, in which each of
// them occurs; test labels are among them.
//
// Standardizing takes a column's training mean from its values in both files and divides by its
// training deviation (all of the training file's samples count, also where a run uses fewer; a
// column that never changes is not divided). A regression's targets are standardized too: a step's
// stability depends on their scale, and losses read as shares of the targets' variance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/task.h"
#include "memory/ledger.h"

namespace biasbench::data {

// The name that tasks of such data go by.
inline constexpr std::string_view kOwn = "own";
inline constexpr TrainingDefaults kOwnDefaults{.epochs = 60, .learning_rate = 0.1, .batch = 32};

// What there is to say of the files before they are read.
struct OwnFiles {
  std::string train;   // a CSV file, or "IMAGES,LABELS": two IDX files
  std::string test;    // likewise
  std::string target;  // CSV: the target column's name or its number from 1; empty: the last
  bool is_classification = false;
  bool is_standardized = false;  // CSV only
};

// Whether `files` are two IDX files rather than a CSV file: there is a comma.
bool AreIdxFiles(std::string_view files);

// What they turned out to hold.
struct OwnData {
  OwnFiles files;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;  // 1, or the number of classes
  std::int64_t train_samples = 0;
  std::int64_t test_samples = 0;
  std::string digest;  // 8 hexadecimal digits of everything that decides the samples
};

// Reads all files through, allocating for no sample. Throws Error, naming file and line, for
// whatever training could not be fed with.
OwnData ExamineOwnData(const OwnFiles& files);

// The samples, as LoadTask() returns them. Throws Error if the files have changed meanwhile.
Task LoadOwnData(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples = 0);

// What LoadOwnData() enters in the ledger at most.
std::int64_t OwnDataBytes(const OwnData& data);

}  // namespace biasbench::data
