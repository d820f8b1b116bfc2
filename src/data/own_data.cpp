#include "data/own_data.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <system_error>
#include <vector>

#include "data/array_file.h"
#include "data/compressed_file.h"
#include "data/file_kind.h"
#include "data/own_arrays.h"
#include "data/own_csv.h"
#include "data/own_samples.h"
#include "machine/digest.h"
#include "memory/tracked_buffer.h"
#include "text/excerpt.h"

namespace biasbench::data {
namespace {

bool IsFile(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

bool AreArrays(const OwnFiles& files) { return !files.train_labels.empty(); }

// The options given for the files where they are not the default, so that older digests stay the
// same.
std::string DescriptionOf(const OwnFiles& files) {
  std::string text =
      fmt::format("{} {} {}", files.target, files.is_classification, files.is_standardized);
  if (files.csv.header != CsvHeader::kAuto) {
    text += fmt::format(" header {}", files.csv.header == CsvHeader::kYes);
  }
  if (files.csv.separator) text += fmt::format(" separator {}", *files.csv.separator);
  if (files.csv.decimal != '.') text += fmt::format(" decimal {}", files.csv.decimal);
  if (files.csv.comment != '\0') text += fmt::format(" comment {}", files.csv.comment);
  if (files.test_share != 0) text += fmt::format(" share {}", files.test_share);
  return text;
}

// `contents`: the checksums of all files.
std::string DigestOf(const OwnFiles& files, const std::string& contents) {
  constexpr std::size_t kDigits = 8;
  const std::string text = DescriptionOf(files) + contents;
  machine::Sha256 sha256;
  sha256.Add(std::vector<std::uint8_t>(text.begin(), text.end()));
  return sha256.Hex().substr(0, kDigits);
}

void CheckSamples(const std::string& files, std::int64_t samples, std::int64_t least) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (samples >= least && samples <= kMax) return;
  throw Error(fmt::format("{}: {} samples, expected {} to {}", files, samples, least, kMax));
}

}  // namespace

PathPair SplitPair(const std::string& paths) {
  const std::size_t comma = paths.find(',');
  if (comma == std::string::npos || IsFile(paths)) return {.first = paths, .second = {}};
  for (std::size_t at = comma; at != std::string::npos; at = paths.find(',', at + 1)) {
    if (IsFile(paths.substr(0, at)) && IsFile(paths.substr(at + 1))) {
      return {.first = paths.substr(0, at), .second = paths.substr(at + 1)};
    }
  }
  if (paths.find(',', comma + 1) != std::string::npos || !IsFile(paths.substr(0, comma))) {
    throw Error(
        fmt::format("{}: expected a file, or two as SAMPLES,LABELS (labels may also be named "
                    "apart: --train_labels, --test_labels)",
                    text::PathExcerpt(paths)));
  }
  return {.first = paths.substr(0, comma), .second = paths.substr(comma + 1)};
}

OwnFileKind KindOfOwnFile(const std::string& path) {
  CompressedFile file(path);
  switch (KindOf(file)) {
    case FileKind::kText:
      return {};
    case FileKind::kIdx:
      return {.is_array = true, .holds_bytes = ReadIdxHeader(file).type == ElementType{}};
    case FileKind::kNumpy:
      return {.is_array = true, .holds_bytes = ReadNumpyHeader(file).type == ElementType{}};
  }
  return {};
}

OwnData ExamineOwnData(const OwnFiles& files, const OnRead& on_read) {
  OwnData data =
      AreArrays(files) ? ExamineOwnArrays(files, on_read) : ExamineOwnCsv(files, on_read);
  if (files.test.empty()) {
    CheckSamples(files.train, data.train_samples, 3);
    data.test_samples = TestSamplesOf(data.train_samples, files.test_share);
    data.train_samples -= data.test_samples;
  }
  CheckSamples(files.train, data.train_samples, 2);  // one is held out by some strategies
  CheckSamples(files.test, data.test_samples, 1);
  data.digest = DigestOf(files, data.digest);
  return data;
}

Task LoadOwnData(const OwnData& data, memory::Ledger& ledger, std::int64_t max_samples,
                 random::Seed seed) {
  const OwnFiles& files = data.files;
  Task task = AreArrays(files) ? LoadOwnArrays(data, ledger, max_samples, seed)
                               : LoadOwnCsv(data, ledger, max_samples, seed);
  task.name = kOwn;
  task.source = fmt::format(
      "{} ({} samples), {} ({} samples)", files.train, task.train.samples,
      files.test.empty() ? fmt::format("a share of {} by seed", files.test_share) : files.test,
      task.test.samples);
  return task;
}

std::int64_t OwnDataBytes(const OwnData& data) {
  // A label or target takes 4 bytes.
  const std::int64_t sample_bytes = (data.files.are_bytes ? 1 : 4) * data.inputs + 4;
  return (data.train_samples + data.test_samples) * sample_bytes + 4 * memory::kHugePageBytes;
}

}  // namespace biasbench::data
