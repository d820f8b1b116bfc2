#include "data/own_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "data/checksum.h"
#include "data/compressed_file.h"
#include "data/idx_reader.h"
#include "data/own_classes.h"
#include "data/own_csv.h"
#include "memory/tracked_buffer.h"

namespace biasbench::data {
namespace {

struct IdxPair {
  IdxFile images;
  IdxFile labels;
};

// "IMAGES,LABELS"
IdxPair PairOf(const std::string& files) {
  const std::size_t comma = files.find(',');
  if (files.find(',', comma + 1) != std::string::npos) {
    throw Error(fmt::format("{}: expected two files, IMAGES,LABELS", files));
  }
  return {.images = {.path = files.substr(0, comma), .sha256 = {}},
          .labels = {.path = files.substr(comma + 1), .sha256 = {}}};
}

OwnData ExamineIdx(const OwnFiles& files) {
  const IdxPair train_files = PairOf(files.train);
  const IdxPair test_files = PairOf(files.test);
  const IdxDescription train = DescribeIdx(train_files.images, train_files.labels);
  const IdxDescription test = DescribeIdx(test_files.images, test_files.labels);
  if (test.inputs != train.inputs) {
    throw Error(fmt::format("{}: images of {} bytes, expected {} as in {}", test_files.images.path,
                            test.inputs, train.inputs, train_files.images.path));
  }
  const std::int64_t classes = ClassesOf(train.labels, train_files.labels.path);
  if (*test.labels.rbegin() >= classes) {
    throw Error(fmt::format("{}: label {}, expected 0 to {} as in {}", test_files.labels.path,
                            *test.labels.rbegin(), classes - 1, train_files.labels.path));
  }
  return {.files = files,
          .inputs = train.inputs,
          .outputs = classes,
          .train_samples = train.samples,
          .test_samples = test.samples,
          .digest = {}};
}

Task LoadIdx(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples) {
  const IdxPair train = PairOf(data.files.train);
  const IdxPair test = PairOf(data.files.test);
  Task task{.name = {},
            .source = {},
            .train = ReadIdx(train.images, train.labels, data.outputs, ledger, max_samples),
            .test = ReadIdx(test.images, test.labels, data.outputs, ledger)};
  if (task.train.samples != LimitSamples(data.train_samples, max_samples) ||
      task.test.samples != data.test_samples || task.train.inputs != data.inputs ||
      task.test.inputs != data.inputs) {
    throw Error(fmt::format("{}: has changed meanwhile", data.files.train));
  }
  return task;
}

std::vector<std::string> PathsOf(const std::string& files) {
  if (!AreIdxFiles(files)) return {files};
  const IdxPair pair = PairOf(files);
  return {pair.images.path, pair.labels.path};
}

std::string DigestOf(const OwnFiles& files) {
  std::string text =
      fmt::format("{} {} {}", files.target, files.is_classification, files.is_standardized);
  for (const std::string& set : {files.train, files.test}) {
    for (const std::string& path : PathsOf(set)) {
      CompressedFile file(path);
      text += FingerprintOf(file).sha256;
    }
  }
  constexpr std::size_t kDigits = 8;
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  CompressedFile contents("what decides the samples", bytes);
  return FingerprintOf(contents).sha256.substr(0, kDigits);
}

void CheckSamples(const std::string& files, std::int64_t samples, std::int64_t least) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (samples >= least && samples <= kMost) return;
  throw Error(fmt::format("{}: {} samples, expected {} to {}", files, samples, least, kMost));
}

}  // namespace

bool AreIdxFiles(std::string_view files) { return files.find(',') != std::string_view::npos; }

OwnData ExamineOwnData(const OwnFiles& files) {
  if (AreIdxFiles(files.train) != AreIdxFiles(files.test)) {
    throw Error(fmt::format("{}: expected {} as {} is", files.test,
                            AreIdxFiles(files.train) ? "two IDX files" : "a CSV file",
                            files.train));
  }
  OwnData data = AreIdxFiles(files.train) ? ExamineIdx(files) : ExamineOwnCsv(files);
  CheckSamples(files.train, data.train_samples, 2);  // one is held out by some strategies
  CheckSamples(files.test, data.test_samples, 1);
  data.digest = DigestOf(files);
  return data;
}

Task LoadOwnData(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples) {
  const OwnFiles& files = data.files;
  Task task = AreIdxFiles(files.train) ? LoadIdx(data, ledger, max_samples)
                                       : LoadOwnCsv(data, ledger, max_samples);
  task.name = kOwn;
  task.source = fmt::format("{} ({} samples), {} ({} samples)", files.train, task.train.samples,
                            files.test, task.test.samples);
  return task;
}

std::int64_t OwnDataBytes(const OwnData& data) {
  // A value takes 4 bytes at most, a label or target 4.
  const std::int64_t sample_bytes = 4 * (data.inputs + 1);
  return (data.train_samples + data.test_samples) * sample_bytes + 4 * memory::kHugePageBytes;
}

}  // namespace biasbench::data
