// The input's first letter chooses what is asked of a table, the rest is the table: examined, then
// loaded.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "data/own_data.h"
#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"

namespace {

using namespace biasbench;
using fuzzing::MemoryFile;
using fuzzing::Require;

// By the letter's bits: @, A, B, …
data::OwnFiles FilesOf(const std::string& path, std::uint8_t letter) {
  data::OwnFiles files{.train = path, .test = {}, .target = {}};
  files.is_classification = (letter & 1U) != 0;
  files.is_standardized = (letter & 2U) != 0;
  if ((letter & 4U) != 0) {
    files.test = path;
  } else {
    files.test_share = 0.3;
  }
  if ((letter & 8U) != 0) files.target = "1";
  if ((letter & 16U) != 0) files.csv.header = data::CsvHeader::kNo;
  return files;
}

void CheckDataset(const data::Dataset& dataset, const data::OwnData& data, std::int64_t samples) {
  Require(dataset.samples == samples, "samples are as many as were counted");
  Require(dataset.inputs == data.inputs && dataset.outputs == data.outputs,
          "the shape is the same");
  Require(dataset.values.size() == samples * data.inputs, "every sample has its inputs");
  for (const float value : dataset.values.span())
    Require(std::isfinite(value), "inputs are finite");
  for (const float value : dataset.targets.span()) Require(std::isfinite(value), "so are targets");
  Require(dataset.is_classification() == data.files.is_classification, "labels are for classes");
  for (const std::int32_t label : dataset.labels.span()) {
    Require(label >= 0 && label < data.outputs, "labels are classes");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  const MemoryFile table(std::span(data, size).subspan(1));
  memory::Ledger ledger;
  try {
    const data::OwnData own = data::ExamineOwnData(FilesOf(table.path(), data[0]));
    const data::Task task = data::LoadOwnData(own, ledger);
    CheckDataset(task.train, own, own.train_samples);
    CheckDataset(task.test, own, own.test_samples);
    Require(ledger.current()[memory::Category::kDataset] <= data::OwnDataBytes(own),
            "the ledger holds what was announced");
  } catch (const data::Error& error) {
    const std::string_view message = error.what();
    Require(!message.starts_with(table.path() + ": has changed meanwhile"),
            "a file read twice is the same");
    Require(message.starts_with(table.path()), "an error names the file");
  }
  return 0;
}
