// The reader's own data: a training and a test set in CSV, IDX or NumPy files, or one set of which
// a share is split off for testing.
//
// CSV: lines of numbers, the same columns in both files, the same header in both or none; one
// column is the target, all others are inputs. IDX and NumPy: an array of samples and one of their
// labels; always classification. Unsigned bytes are worth 1/255 each.
//
// Classes are the training file's labels, text or whole numbers, in the order that class_labels.h
// states; test labels are among them.
//
// Standardizing takes a column's training mean from its values in both files and divides by its
// training deviation (all of the training file's samples count, also where a run uses fewer; a
// column that never changes is not divided). A regression's targets are standardized too: a step's
// stability depends on their scale, and losses read as shares of the targets' variance.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_options.h"
#include "data/task.h"
#include "memory/ledger.h"
#include "random/philox.h"

namespace biasbench::data {

// The name of tasks of such data.
inline constexpr std::string_view kOwn = "own";
inline constexpr TrainingDefaults kOwnDefaults{.epochs = 60, .learning_rate = 0.1, .batch = 32};

// The files and the options given for them.
struct OwnFiles {
  std::string train;   // a CSV file, or an array of samples
  std::string test;    // likewise; empty: a share of the training file
  std::string target;  // CSV: the target column's name or its number from 1; empty: the last
  bool is_classification = false;
  bool is_standardized = false;
  bool are_bytes = false;         // arrays of unsigned bytes, which are not standardized
  std::string train_labels = {};  // the arrays of labels; empty for CSV
  std::string test_labels = {};
  double test_share = 0;  // of the samples, chosen by the seed, where there is no test file
  CsvOptions csv = {};
};

// "IMAGES,LABELS" as two paths: split at the comma beside which both are files, or else at the only
// one. A path of a file, and one without a comma, is `first` alone. Throws Error.
struct PathPair {
  std::string first;
  std::string second;
};
PathPair SplitPair(const std::string& paths);

// A file's kind, from its first bytes: whether it is text, and holds bytes. Throws Error for kinds
// that are not read.
struct OwnFileKind {
  bool is_array = false;
  bool holds_bytes = false;  // arrays: unsigned bytes
};
OwnFileKind KindOfOwnFile(const std::string& path);

// The contents of the files, as found by examining them.
struct OwnData {
  OwnFiles files;
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;  // 1, or the number of classes
  std::int64_t train_samples = 0;
  std::int64_t test_samples = 0;
  std::string digest;  // 8 hexadecimal digits of everything that decides the samples
  std::vector<std::string> classes = {};  // their labels, where these are not 0 … K − 1
  std::string decisions = {};             // how the files were understood, where they left it open
};

// A callback for progress: the file, and the share of it that has been read.
using OnRead = std::function<void(const std::string& file, double share)>;

// Reads all files through without allocating for samples. Throws Error, naming file and line, for
// contents that cannot be trained on.
OwnData ExamineOwnData(const OwnFiles& files, const OnRead& on_read = {});

// The samples, as LoadTask() returns them; `seed` chooses the test samples where they are a share
// of the training file. Throws Error if the files have changed meanwhile.
Task LoadOwnData(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples = 0,
                 random::Seed seed = 1);

// An upper bound of the bytes that LoadOwnData() enters in the ledger.
std::int64_t OwnDataBytes(const OwnData& data);

}  // namespace biasbench::data
